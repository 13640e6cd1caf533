from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType


class UpdateUserBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What is left out stays as it is; null clears."""

    avatar_media_id: UUID | UnsetType | None = UNSET
