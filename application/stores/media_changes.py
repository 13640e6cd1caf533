from collections.abc import Sequence

from application.attachments.reconcile_attachments import UsageChange
from application.stores.slots import STORE_BANNER, STORE_LOGO
from domain.ids import MediaId
from domain.stores.store import Store


def media_changes(
    store: Store, *, old_logo: Sequence[MediaId], old_banner: Sequence[MediaId], gone: bool = False
) -> list[UsageChange]:
    """From what the store used to what it uses now; nothing when it is `gone`."""
    return [
        UsageChange(
            entity_type=STORE_LOGO,
            entity_id=store.id,
            store_id=store.id,
            old_media_ids=old_logo,
            new_media_ids=[] if gone else store.logo,
        ),
        UsageChange(
            entity_type=STORE_BANNER,
            entity_id=store.id,
            store_id=store.id,
            old_media_ids=old_banner,
            new_media_ids=[] if gone else store.banner,
        ),
    ]
