CREATE TABLE IF NOT EXISTS artworks (
    id UUID CONSTRAINT pk_artworks PRIMARY KEY,
    store_id UUID NOT NULL,
    title TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT uq_artworks_store_id_title UNIQUE (store_id, title)
);
CREATE TABLE IF NOT EXISTS gallery_media (
    artwork_id UUID NOT NULL REFERENCES artworks (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    media_id UUID NOT NULL REFERENCES media (id) ON DELETE RESTRICT,
    is_primary BOOLEAN NOT NULL,
    caption TEXT,
    CONSTRAINT pk_gallery_media PRIMARY KEY (artwork_id, place)
);
CREATE INDEX IF NOT EXISTS ix_gallery_media_media_id ON gallery_media (media_id);
