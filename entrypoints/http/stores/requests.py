from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType


class UpdateStoreBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What is left out stays as it is; null clears."""

    logo_media_id: UUID | UnsetType | None = UNSET
    banner_media_id: UUID | UnsetType | None = UNSET
