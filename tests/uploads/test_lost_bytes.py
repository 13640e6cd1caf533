"""The store tells that the bytes of a media are gone, while somebody brings the same bytes.

Whoever notes the loss and whoever uploads are stopped before each of their steps, in all combinations, and go on in
either order. However it ends, no media is given up for bytes that lie there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from typing import Any

import pytest

from application.attachments.entity_types import EntityTypes
from application.media.blob_holders import UploadUnderWay
from application.media.note_blob_removal import NoteBlobRemoval
from application.media.release_from_quarantine import ReleaseFromQuarantine
from domain.media.media import Media, MediaStatus
from tests.application.media.sending import checksum_of_bytes, file_of
from tests.application.stubs import RecordingLog
from tests.builders import IDS
from tests.deletion.test_removals import told
from tests.uploads.library import Library
from tests.uploads.test_revival import Stop, announced, direct, let_go, until_stopped

_A_LITTLE = 0.002


class Witness(RecordingLog):
    """Looks into the bucket in the very moment in which a media is given up."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._bucket = library.bucket

    def warning(self, event: str, **fields: Any) -> None:
        assert event == "media.bytes_removed"
        assert fields["key"] not in self._bucket.objects
        super().warning(event, **fields)


async def note_removal(library: Library, key: str, witness: Witness) -> None:
    """As the consumer does, which comes again."""
    note = NoteBlobRemoval(
        begin=library.begin,
        store=library.store,
        entity_types=EntityTypes([]),
        release=ReleaseFromQuarantine(begin=library.begin, clock=library.clock, log=witness),
        clock=library.clock,
        telemetry=library.telemetry,
        log=witness,
    )
    while True:
        with suppress(UploadUnderWay):
            await note(told(key))
            return
        await asyncio.sleep(_A_LITTLE)


async def meet(
    library: Library,
    bring: Callable[[Library, bytes], Awaitable[Media]],
    noter: Stop,
    uploader: Stop,
    *,
    noter_first: bool,
) -> MediaStatus:
    """What becomes of the media that has lost its bytes."""
    body, witness = file_of("video/mp4", name=str(IDS.new())), Witness(library)
    lost = await direct(library, body)
    await library.store.delete([lost.storage_key])
    noting = asyncio.create_task(note_removal(library.seen_by(noter), lost.storage_key, witness))
    await until_stopped(noting, noter, library.patience)
    bringing = asyncio.create_task(bring(library.seen_by(uploader), body))
    await until_stopped(bringing, uploader, library.patience)
    sides = [(noting, noter), (bringing, uploader)]
    for task, stop in sides if noter_first else reversed(sides):
        await let_go(task, stop, library.patience)
    brought = (await asyncio.gather(noting, bringing))[1]
    assert brought.is_attachable
    async with library.begin() as tx:
        found = await tx.media.find(lost.id)
        blob = await tx.blobs.find(library.store_id, checksum_of_bytes(body))
    assert found is not None
    assert blob is not None
    assert blob.holders == 2
    assert await library.bytes_at(blob.key) == body
    return found.status


NOTER_STEPS = 12
"""One more than it takes: then it has ended before the upload begins."""


@pytest.mark.parametrize("bring", [direct, announced])
@pytest.mark.parametrize("noter_step", range(1, NOTER_STEPS + 1))
async def test_every_pair_of_stops_of_noting_a_loss_and_an_upload(
    memory_library: Library,
    bring: Callable[[Library, bytes], Awaitable[Media]],
    noter_step: int,
) -> None:
    ends = set()
    for upload_step in count(1):
        noter, uploader = Stop(noter_step), Stop(upload_step)
        ends.add(await meet(memory_library, bring, noter, uploader, noter_first=upload_step % 2 == 0))
        assert noter.has_struck is (noter_step < NOTER_STEPS)
        if not uploader.has_struck:
            break
    assert upload_step > 10
    assert ends <= {MediaStatus.UPLOADED, MediaStatus.DELETE_REQUESTED}
