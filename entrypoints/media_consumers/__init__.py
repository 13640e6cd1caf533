"""The contexts whose entities use media, and what each of them brings along. `docs/adding_a_consumer.md` adds one."""

from collections.abc import Sequence

from entrypoints.media_consumers.media_consumer import MediaConsumer

MEDIA_CONSUMERS: Sequence[MediaConsumer] = ()
