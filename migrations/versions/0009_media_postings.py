"""Postings of the library: which media of a store have a combination of facets, or a word in their name.

A page of the library reads the newest entries of a few keys (decision 0020). The trigger keeps them in step with
`media`, whoever writes it.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE media ADD COLUMN words TEXT[]")
    # As near to what the application would have written as SQL comes; saving a media puts it right.
    op.execute("""
        UPDATE media SET words = array_remove(regexp_split_to_array(lower(original_name), '[^[:alnum:]]+'), '')
    """)
    op.execute("ALTER TABLE media ALTER COLUMN words SET NOT NULL")
    op.execute("""
        CREATE TABLE media_postings (
            key BIGINT NOT NULL,
            media_id UUID NOT NULL,
            CONSTRAINT pk_media_postings PRIMARY KEY (key, media_id)
        )
    """)
    # Pages of the library begin with what came last: it should not wait for a fifth of the table to grow.
    op.execute("ALTER TABLE media_postings SET (autovacuum_vacuum_insert_scale_factor = 0.01)")
    op.execute(r"""
        CREATE FUNCTION media_posting_key(
            store_id UUID, folder TEXT, type TEXT, user_id UUID, word TEXT, cell TEXT
        ) RETURNS BIGINT LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT hashtextextended(
                cell || E'\x1f' || coalesce(folder, '') || E'\x1f' || coalesce(type, '') || E'\x1f'
                    || coalesce(user_id::text, '') || E'\x1f' || coalesce(word, ''),
                uuid_hash_extended(store_id, 0)
            )
        $$
    """)
    op.execute("""
        CREATE FUNCTION media_posting_keys(m media) RETURNS BIGINT[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
        DECLARE
            facets TEXT := m.kind || '/' || m.status || CASE WHEN m.usage_count = 0 THEN '/unused' ELSE '/used' END;
            sort TEXT := m.kind || '/' || m.content_class;
            readers UUID[] := CASE
                WHEN m.kind IN ('license_doc', 'coa', 'manifest') THEN ARRAY[NULL, m.user_id]
                ELSE ARRAY[NULL::uuid]
            END;
            keys BIGINT[];
            word TEXT;
            reader UUID;
        BEGIN
            IF m.status NOT IN ('PENDING', 'UPLOADED', 'READY', 'FAILED') THEN
                RETURN '{}';
            END IF;
            keys := ARRAY[
                media_posting_key(m.store_id, NULL, NULL, NULL, NULL, facets),
                media_posting_key(m.store_id, NULL, NULL, m.user_id, NULL, facets),
                media_posting_key(m.store_id, NULL, m.content_class, NULL, NULL, facets),
                media_posting_key(m.store_id, NULL, m.content_class, m.user_id, NULL, facets),
                media_posting_key(m.store_id, NULL, m.mime_type, NULL, NULL, facets),
                media_posting_key(m.store_id, NULL, m.mime_type, m.user_id, NULL, facets),
                media_posting_key(m.store_id, m.folder, NULL, NULL, NULL, facets),
                media_posting_key(m.store_id, m.folder, NULL, m.user_id, NULL, facets),
                media_posting_key(m.store_id, m.folder, m.content_class, NULL, NULL, facets),
                media_posting_key(m.store_id, m.folder, m.content_class, m.user_id, NULL, facets),
                media_posting_key(m.store_id, m.folder, m.mime_type, NULL, NULL, facets),
                media_posting_key(m.store_id, m.folder, m.mime_type, m.user_id, NULL, facets)
            ];
            FOREACH word IN ARRAY m.words LOOP
                FOR size IN 1..least(length(word), 12) LOOP
                    FOREACH reader IN ARRAY readers LOOP
                        keys := keys || media_posting_key(m.store_id, NULL, NULL, reader, left(word, size), sort);
                    END LOOP;
                END LOOP;
            END LOOP;
            RETURN keys;
        END
        $$
    """)
    op.execute("""
        CREATE FUNCTION keep_media_postings() RETURNS TRIGGER LANGUAGE plpgsql AS $$
        DECLARE
            before BIGINT[] := '{}';
            after BIGINT[] := '{}';
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                before := media_posting_keys(OLD);
            END IF;
            IF TG_OP <> 'DELETE' THEN
                after := media_posting_keys(NEW);
            END IF;
            DELETE FROM media_postings
                WHERE media_id = OLD.id AND key IN (SELECT unnest(before) EXCEPT SELECT unnest(after));
            INSERT INTO media_postings (key, media_id)
                SELECT key, NEW.id FROM (SELECT unnest(after) EXCEPT SELECT unnest(before)) AS added (key);
            RETURN NULL;
        END
        $$
    """)
    op.execute("""
        CREATE TRIGGER keep_postings AFTER INSERT OR DELETE ON media
            FOR EACH ROW EXECUTE FUNCTION keep_media_postings()
    """)
    op.execute("""
        CREATE TRIGGER keep_postings_of_changed AFTER UPDATE ON media
            FOR EACH ROW WHEN (
                (OLD.status, OLD.usage_count = 0, OLD.folder, OLD.mime_type, OLD.content_class, OLD.words)
                IS DISTINCT FROM
                (NEW.status, NEW.usage_count = 0, NEW.folder, NEW.mime_type, NEW.content_class, NEW.words)
            ) EXECUTE FUNCTION keep_media_postings()
    """)
    op.execute("""
        INSERT INTO media_postings (key, media_id)
            SELECT DISTINCT key, id FROM media CROSS JOIN unnest(media_posting_keys(media)) AS key
    """)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_postings_of_changed ON media")
    op.execute("DROP TRIGGER keep_postings ON media")
    op.execute("DROP FUNCTION keep_media_postings()")
    op.execute("DROP FUNCTION media_posting_keys(media)")
    op.execute("DROP FUNCTION media_posting_key(UUID, TEXT, TEXT, UUID, TEXT, TEXT)")
    op.drop_table("media_postings")
    op.execute("ALTER TABLE media DROP COLUMN words")
