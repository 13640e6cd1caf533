CREATE TABLE artworks (
    id UUID PRIMARY KEY,
    store_id UUID NOT NULL,
    title TEXT NOT NULL,
    version INTEGER NOT NULL
);
CREATE TABLE gallery_media (
    artwork_id UUID NOT NULL REFERENCES artworks (id) ON DELETE CASCADE,
    place INTEGER NOT NULL,
    media_id UUID NOT NULL REFERENCES media (id) ON DELETE RESTRICT,
    is_primary BOOLEAN NOT NULL,
    caption TEXT,
    PRIMARY KEY (artwork_id, place)
);
CREATE INDEX ix_gallery_media_media ON gallery_media (media_id);
