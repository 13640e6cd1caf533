"""The entities that use media. Their references restrict: nothing disappears past the ledger."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE ads (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            title TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_ads PRIMARY KEY (id)
        )
    """)
    op.execute("CREATE INDEX ix_ads_of_store ON ads (store_id, id DESC)")
    op.execute("""
        CREATE TABLE ad_creatives (
            ad_id UUID NOT NULL,
            place INTEGER NOT NULL,
            media_id UUID NOT NULL,
            headline TEXT,
            CONSTRAINT pk_ad_creatives PRIMARY KEY (ad_id, place),
            CONSTRAINT fk_ad_creatives_ad_id FOREIGN KEY (ad_id) REFERENCES ads (id) ON DELETE CASCADE,
            CONSTRAINT fk_ad_creatives_media_id FOREIGN KEY (media_id) REFERENCES media (id) ON DELETE RESTRICT,
            CONSTRAINT ck_ad_creatives_place CHECK (place >= 0)
        )
    """)
    op.execute("CREATE INDEX ix_ad_creatives_media ON ad_creatives (media_id)")
    op.execute("""
        CREATE TABLE licenses (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            number TEXT NOT NULL,
            media_id UUID,
            status TEXT NOT NULL,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_licenses PRIMARY KEY (id),
            CONSTRAINT fk_licenses_media_id FOREIGN KEY (media_id) REFERENCES media (id) ON DELETE RESTRICT,
            CONSTRAINT ck_licenses_status CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED', 'EXPIRED'))
        )
    """)
    op.execute("CREATE INDEX ix_licenses_of_store ON licenses (store_id, id DESC)")
    op.execute("CREATE INDEX ix_licenses_document ON licenses (id) WHERE media_id IS NOT NULL")
    op.execute("""
        CREATE TABLE products (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            title TEXT NOT NULL,
            coa_media_id UUID,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_products PRIMARY KEY (id),
            CONSTRAINT fk_products_coa_media_id FOREIGN KEY (coa_media_id) REFERENCES media (id) ON DELETE RESTRICT
        )
    """)
    op.execute("CREATE INDEX ix_products_of_store ON products (store_id, id DESC)")
    op.execute("CREATE INDEX ix_products_coa ON products (id) WHERE coa_media_id IS NOT NULL")
    op.execute("""
        CREATE TABLE product_media (
            id UUID NOT NULL,
            product_id UUID NOT NULL,
            media_id UUID NOT NULL,
            usage_type TEXT NOT NULL,
            variant_id UUID,
            display_order INTEGER NOT NULL,
            CONSTRAINT pk_product_media PRIMARY KEY (id),
            CONSTRAINT uq_product_media_product_id_display_order UNIQUE (product_id, display_order),
            CONSTRAINT fk_product_media_product_id FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
            CONSTRAINT fk_product_media_media_id FOREIGN KEY (media_id) REFERENCES media (id) ON DELETE RESTRICT,
            CONSTRAINT ck_product_media_usage_type CHECK (usage_type IN (
                'main_image', 'gallery', 'variant', 'thumbnail', 'swatch'
            )),
            CONSTRAINT ck_product_media_display_order CHECK (display_order >= 0)
        )
    """)
    op.execute("CREATE INDEX ix_product_media_media ON product_media (media_id)")
    op.execute("""
        CREATE UNIQUE INDEX uq_product_media_main ON product_media (product_id)
            WHERE usage_type = 'main_image' AND variant_id IS NULL
    """)
    op.execute("""
        CREATE UNIQUE INDEX uq_product_media_main_of_variant ON product_media (product_id, variant_id)
            WHERE usage_type = 'main_image' AND variant_id IS NOT NULL
    """)
    op.execute("""
        CREATE TABLE stores (
            id UUID NOT NULL,
            logo_media_id UUID,
            banner_media_id UUID,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_stores PRIMARY KEY (id),
            CONSTRAINT fk_stores_logo_media_id FOREIGN KEY (logo_media_id) REFERENCES media (id) ON DELETE RESTRICT,
            CONSTRAINT fk_stores_banner_media_id FOREIGN KEY (banner_media_id) REFERENCES media (id) ON DELETE RESTRICT
        )
    """)
    op.execute("CREATE INDEX ix_stores_logo ON stores (id) WHERE logo_media_id IS NOT NULL")
    op.execute("CREATE INDEX ix_stores_banner ON stores (id) WHERE banner_media_id IS NOT NULL")
    op.execute("""
        CREATE TABLE users (
            id UUID NOT NULL,
            store_id UUID NOT NULL,
            avatar_media_id UUID,
            created_at TIMESTAMPTZ NOT NULL,
            updated_at TIMESTAMPTZ NOT NULL,
            version INTEGER NOT NULL,
            CONSTRAINT pk_users PRIMARY KEY (id),
            CONSTRAINT fk_users_avatar_media_id FOREIGN KEY (avatar_media_id) REFERENCES media (id) ON DELETE RESTRICT
        )
    """)
    op.execute("CREATE INDEX ix_users_avatar ON users (id) WHERE avatar_media_id IS NOT NULL")


def downgrade() -> None:
    for table in ("users", "stores", "product_media", "products", "licenses", "ad_creatives", "ads"):
        op.drop_table(table)
