"""What hung on a part before there were sets."""

COLUMNS = """
    id UUID NOT NULL,
    part_id UUID NOT NULL,
    user_id UUID NOT NULL,
    type TEXT NOT NULL,
    title TEXT,
    media_id UUID,
    url TEXT,
    filename TEXT,
    content_type TEXT,
    file_size BIGINT,
    created_at TIMESTAMPTZ NOT NULL
"""
NAMES = "id, part_id, user_id, type, title, media_id, url, filename, content_type, file_size, created_at"

TABLE = f"CREATE TABLE part_attachments ({COLUMNS}, CONSTRAINT pk_part_attachments PRIMARY KEY (id))"
