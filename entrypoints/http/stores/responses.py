from datetime import datetime
from uuid import UUID

import msgspec

from domain.stores.store import Store


class StoreBody(msgspec.Struct, rename="camel", kw_only=True):
    store_id: UUID
    logo_media_id: UUID | None
    banner_media_id: UUID | None
    updated_at: datetime


def store_body(store: Store) -> StoreBody:
    return StoreBody(
        store_id=store.id,
        logo_media_id=store.logo_media_id,
        banner_media_id=store.banner_media_id,
        updated_at=store.updated_at,
    )
