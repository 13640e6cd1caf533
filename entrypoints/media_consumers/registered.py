"""The contexts whose entities use media. `docs/adding_a_consumer.md` adds one."""

from collections.abc import Sequence

from entrypoints.media_consumers.ads import ADS
from entrypoints.media_consumers.attachment_sets import ATTACHMENT_SETS
from entrypoints.media_consumers.licenses import LICENSES
from entrypoints.media_consumers.media_consumer import MediaConsumer
from entrypoints.media_consumers.products import PRODUCTS
from entrypoints.media_consumers.stores import STORES
from entrypoints.media_consumers.users import USERS

MEDIA_CONSUMERS: Sequence[MediaConsumer] = (ADS, ATTACHMENT_SETS, LICENSES, PRODUCTS, STORES, USERS)
