from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class _Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    pass


class NameBody(_Body):
    name: Annotated[str, Meta(description="1 to 255 characters.")]


class CopyAttachmentBody(_Body):
    attachment_id: Annotated[UUID, Meta(description="Of any part or kit of the store.")]
