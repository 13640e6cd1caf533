"""All files of a folder of fixtures, each behind those that it refers to."""

from collections.abc import Sequence
from typing import Any

from entrypoints.seeding.ads import ADS
from entrypoints.seeding.attachment_sets import ATTACHMENT_SETS
from entrypoints.seeding.attachments import ATTACHMENTS
from entrypoints.seeding.batches import BATCHES
from entrypoints.seeding.context import Context
from entrypoints.seeding.licenses import LICENSES
from entrypoints.seeding.listings import LISTINGS
from entrypoints.seeding.media import MEDIA
from entrypoints.seeding.products import PRODUCTS
from entrypoints.seeding.set_owners import KITS, PARTS
from entrypoints.seeding.stores import STORES
from entrypoints.seeding.users import USERS

CONTEXTS: Sequence[Context[Any]] = (
    *(MEDIA, STORES, USERS, PRODUCTS, LICENSES, ADS, LISTINGS),
    *(PARTS, KITS, ATTACHMENT_SETS, ATTACHMENTS, BATCHES),
)
