"""From sets into `part_attachments`. What had to be changed comes back as it was, in sets that nobody has touched
since; what was not taken along comes back too. How a fetch has ended is lost.
"""

from migrations.attachment_sets import legacy

# ruff: noqa: S608 - constants of this file

_UNCHANGED = "version = 1"
_MAY_DIFFER = ("type", "title", "media_id", "url", "filename", "content_type", "file_size")


def _as_it_was(column: str) -> str:
    return f"CASE WHEN original.id IS NOT NULL THEN original.{column} ELSE now.{column} END"


STATEMENTS = (
    """
    UPDATE parts SET cover_attachment_id = owned.cover_attachment_id
    FROM attachment_sets AS owned WHERE owned.id = attachment_set_id AND owned.cover_attachment_id IS NOT NULL
    """,
    f"""
    UPDATE parts SET cover_attachment_id = original.cover_attachment_id
    FROM part_cover_originals AS original, attachment_sets AS owned
    WHERE original.part_id = parts.id AND owned.id = attachment_set_id
        AND owned.{_UNCHANGED} AND owned.cover_attachment_id IS NULL
    """,
    f"""
    INSERT INTO part_attachments (id, part_id, user_id, created_at, {", ".join(_MAY_DIFFER)})
    SELECT now.id, parts.id, now.user_id, now.created_at, {", ".join(_as_it_was(column) for column in _MAY_DIFFER)}
    FROM set_attachments AS now
    JOIN attachment_sets AS owned ON owned.id = now.attachment_set_id
    JOIN parts ON parts.attachment_set_id = owned.id
    LEFT JOIN part_attachment_originals AS original ON original.id = now.id AND owned.{_UNCHANGED}
    """,
    f"""
    INSERT INTO part_attachments ({legacy.NAMES}) SELECT {legacy.NAMES} FROM part_attachment_originals WHERE NOT kept
    """,
    # As everybody locks media: by id.
    """
    SELECT FROM media WHERE id IN (SELECT media_id FROM media_attachments WHERE entity_type = 'attachment')
    ORDER BY id FOR NO KEY UPDATE
    """,
    """
    WITH released AS (DELETE FROM media_attachments WHERE entity_type = 'attachment' RETURNING media_id)
    UPDATE media SET usage_count = usage_count - uses
    FROM (SELECT media_id, count(*) AS uses FROM released GROUP BY media_id) AS gone WHERE id = gone.media_id
    """,
)
