"""From `part_attachments` into sets. Legacy rows are dirty: none of them stops the way, and none is lost.

What cannot be taken along as it stands, is written down in `part_attachment_originals` with its reason: `kept` says
whether it was taken along all the same, without what it lost. `part_cover_originals` has the covers that a part cannot
have.
"""

from migrations.attachment_sets import legacy
from migrations.backfill import Step

# ruff: noqa: S608 - constants of this file

OWNERS = ("parts", "kits")
"""Columns of `part_attachments`."""


def _sets_for(owners: str) -> Step:
    return Step(
        name=f"sets of {owners}",
        count=f"SELECT count(*) FROM {owners} WHERE attachment_set_id IS NULL",
        move=f"""
            WITH batch AS MATERIALIZED (
                SELECT *, row_number() OVER (ORDER BY id) AS place FROM (
                    SELECT id, store_id, created_at, updated_at FROM {owners}
                    WHERE id >= :start AND attachment_set_id IS NULL ORDER BY id LIMIT :rows FOR UPDATE
                ) AS todo
            ), minted AS (
                SELECT * FROM unnest(:ids) WITH ORDINALITY AS minted (set_id, place)
            ), made AS (
                INSERT INTO attachment_sets (id, store_id, created_at, updated_at, version)
                SELECT set_id, store_id, created_at, updated_at, 1 FROM batch JOIN minted USING (place)
            ), given AS (
                UPDATE {owners} SET
                    attachment_set_id = set_id,
                    name = CASE WHEN btrim(name) = '' THEN 'Unnamed' ELSE name END
                FROM batch JOIN minted USING (place) WHERE {owners}.id = batch.id
            )
            SELECT count(*) AS done, (array_agg(id ORDER BY id DESC))[1] AS last FROM batch
        """,
    )


def _clean(text: str) -> str:
    """Without control characters and blanks around it; NULL where nothing is left."""
    return rf"nullif(btrim(regexp_replace({text}, '[\u0001-\u001f\u007f-\u009f]+', ' ', 'g')), '')"


# The bytes say what a row is, not its type; but what was attached as an address remains one, with its picture as
# preview. Media are locked as everybody locks them, by id, and judged as they are then: what may stay in use, is kept.
_ATTACHMENTS = Step(
    name="attachments",
    count="SELECT count(*) FROM part_attachments",
    move=rf"""
        WITH batch AS MATERIALIZED (
            SELECT * FROM part_attachments
            WHERE id >= :start
                -- A part that has come since the sets were made, is left for the next run.
                AND NOT EXISTS (SELECT FROM parts WHERE parts.id = part_id AND attachment_set_id IS NULL)
            ORDER BY id LIMIT :rows FOR UPDATE
        ), held AS MATERIALIZED (
            SELECT id, store_id, mime_type, original_name, size_bytes, storage_key,
                status IN ('UPLOADED', 'READY', 'FAILED') AND blob_id IS NOT NULL AS is_there,
                CASE
                    WHEN mime_type IN ('image/jpeg', 'image/png', 'image/webp', 'image/svg+xml') THEN 'IMAGE'
                    WHEN mime_type = 'application/pdf' THEN 'PDF'
                END AS type
            FROM media WHERE id IN (SELECT media_id FROM batch) ORDER BY id FOR NO KEY UPDATE
        ), known AS (
            SELECT batch.*, attachment_set_id, parts.store_id, mime_type, original_name, size_bytes, storage_key,
                upper(btrim(batch.type)) = 'URL' AS is_link,
                CASE WHEN btrim(batch.url) ~* '^https?://[^\s\u0001-\u0020\u007f-\u009f\\]+$'
                    AND char_length(btrim(batch.url)) <= 2000 THEN btrim(batch.url) END AS address,
                held.type AS held_type,
                CASE
                    WHEN batch.media_id IS NULL THEN NULL
                    WHEN held.id IS NULL THEN 'MEDIA_UNKNOWN'
                    WHEN held.store_id <> parts.store_id THEN 'MEDIA_OF_ANOTHER_STORE'
                    WHEN NOT is_there THEN 'MEDIA_NOT_USABLE'
                    WHEN upper(btrim(batch.type)) = 'URL' AND mime_type = 'image/gif' THEN NULL
                    WHEN held.type IS NULL THEN 'MEDIA_TYPE_NOT_ALLOWED'
                END AS trouble
            FROM batch LEFT JOIN parts ON parts.id = part_id LEFT JOIN held ON held.id = batch.media_id
        ), judged AS (
            SELECT *,
                CASE WHEN trouble IS NULL THEN media_id END AS bytes,
                CASE WHEN is_link AND (trouble IS NOT NULL OR held_type IS DISTINCT FROM 'PDF') THEN 'URL'
                    ELSE held_type END AS new_type,
                CASE
                    WHEN attachment_set_id IS NULL THEN 'PART_UNKNOWN'
                    WHEN is_link AND address IS NULL THEN 'URL_INVALID'
                    WHEN NOT is_link AND media_id IS NULL THEN 'MEDIA_MISSING'
                    WHEN NOT is_link THEN trouble
                END AS rejection,
                CASE
                    WHEN is_link THEN trouble
                    WHEN url IS NOT NULL AND address IS NULL THEN 'URL_INVALID'
                END AS loss,
                {_clean("title")} AS new_title,
                {_clean("filename")} AS new_filename
            FROM known
        ), standing AS MATERIALIZED (
            SELECT *, rejection IS NULL AS kept,
                coalesce(rejection, loss, CASE WHEN char_length(new_title) > 255 THEN 'TITLE_CUT' END) AS reason
            FROM judged
        ), moved AS (
            INSERT INTO set_attachments (
                id, attachment_set_id, user_id, type, title, media_id, url, filename, content_type, file_size,
                fetch_status, created_at
            )
            SELECT id, attachment_set_id, user_id, new_type,
                left(coalesce(
                    new_title,
                    CASE WHEN new_type = 'URL' THEN address ELSE coalesce(new_filename, {_clean("original_name")}) END,
                    new_type
                ), 255),
                bytes, address,
                CASE WHEN new_type = 'URL' THEN filename ELSE coalesce(new_filename, original_name) END,
                CASE WHEN new_type = 'URL' THEN content_type ELSE mime_type END,
                CASE WHEN new_type <> 'URL' THEN size_bytes WHEN file_size >= 0 THEN file_size END,
                CASE WHEN address IS NOT NULL THEN 'FETCHED' END,
                created_at
            FROM standing WHERE kept
        ), used AS (
            INSERT INTO media_attachments (id, media_id, entity_type, entity_id, store_id, storage_key, created_at)
            SELECT use_id, bytes, 'attachment', id, store_id, storage_key, created_at
            FROM (SELECT *, row_number() OVER () AS place FROM standing WHERE kept AND bytes IS NOT NULL) AS using_media
            JOIN unnest(:ids) WITH ORDINALITY AS minted (use_id, place) USING (place)
            ON CONFLICT (entity_type, entity_id, media_id) DO NOTHING
            RETURNING media_id
        ), counted AS (
            UPDATE media SET usage_count = usage_count + uses
            FROM (SELECT media_id, count(*) AS uses FROM used GROUP BY media_id) AS came WHERE id = came.media_id
        ), noted AS (
            INSERT INTO part_attachment_originals ({legacy.NAMES}, kept, reason)
            SELECT {legacy.NAMES}, kept, reason FROM standing WHERE reason IS NOT NULL
        ), gone AS (
            DELETE FROM part_attachments USING batch WHERE part_attachments.id = batch.id
        )
        SELECT count(*) AS done, (array_agg(id ORDER BY id DESC))[1] AS last,
            count(*) FILTER (WHERE NOT kept) AS rejected, count(*) FILTER (WHERE kept AND reason IS NOT NULL) AS changed
        FROM standing
    """,
)
_IS_ORPHANED = """
    cover_attachment_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM set_attachments AS own
        WHERE own.id = cover_attachment_id AND own.attachment_set_id = parts.attachment_set_id
    )
"""
_ORPHANED_COVERS = Step(
    name="orphaned covers",
    count=f"SELECT count(*) FROM parts WHERE {_IS_ORPHANED}",
    move=f"""
        WITH batch AS MATERIALIZED (
            SELECT id, cover_attachment_id FROM parts
            WHERE id >= :start AND {_IS_ORPHANED} ORDER BY id LIMIT :rows FOR UPDATE
        ), noted AS (
            INSERT INTO part_cover_originals (part_id, cover_attachment_id) SELECT id, cover_attachment_id FROM batch
        ), nulled AS (
            UPDATE parts SET cover_attachment_id = NULL FROM batch WHERE parts.id = batch.id
        )
        SELECT count(*) AS done, (array_agg(id ORDER BY id DESC))[1] AS last FROM batch
    """,
)
_COVERS = Step(
    name="covers",
    count="SELECT count(*) FROM parts WHERE cover_attachment_id IS NOT NULL",
    move="""
        WITH batch AS MATERIALIZED (
            SELECT id, attachment_set_id, cover_attachment_id FROM parts
            WHERE id >= :start AND cover_attachment_id IS NOT NULL ORDER BY id LIMIT :rows FOR UPDATE
        ), moved AS (
            UPDATE attachment_sets SET cover_attachment_id = batch.cover_attachment_id
            FROM batch WHERE attachment_sets.id = batch.attachment_set_id
        ), taken AS (
            UPDATE parts SET cover_attachment_id = NULL FROM batch WHERE parts.id = batch.id
        )
        SELECT count(*) AS done, (array_agg(id ORDER BY id DESC))[1] AS last FROM batch
    """,
)
STEPS = (*(_sets_for(owners) for owners in OWNERS), _ATTACHMENTS, _ORPHANED_COVERS, _COVERS)
