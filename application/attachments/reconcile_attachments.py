"""The one way in which usages of media are written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.attachments.entity_types import EntityTypes
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.log import Log
from application.unit_of_work import UnitOfWork
from domain.attachments.attachment import Attachment
from domain.attachments.diff import Difference, difference
from domain.ids import AttachmentId, MediaId, StoreId
from domain.media.errors import MediaNotAttachable
from domain.media.media import Media
from domain.media.obstacle import Obstacle
from domain.media.suitability import NewUse


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageChange:
    """What one slot of an entity used before the write, and what it uses after it."""

    entity_type: str
    entity_id: UUID
    store_id: StoreId
    old_media_ids: Sequence[MediaId]
    new_media_ids: Sequence[MediaId]


class ReconcileAttachments:
    """Brings the ledger in line with what an entity says, in the transaction that writes the entity.

    The caller has locked the entity. All its slots go into one call: media are locked in the order of their ids, so
    that two entities with overlapping media never wait for each other. What stays is not written. Where nothing
    changes it costs one round trip, else three, however many media there are.
    """

    def __init__(self, *, entity_types: EntityTypes, clock: Clock, ids: Ids, log: Log) -> None:
        self._entity_types = entity_types
        self._clock = clock
        self._ids = ids
        self._log = log

    async def __call__(self, tx: UnitOfWork, *changes: UsageChange, uses: Sequence[NewUse] = ()) -> None:
        """`uses` say where the request names what, for whoever is told that it cannot be used. Raises NoTransaction,
        UnknownEntityType, MediaNotAttachable.
        """
        tx.require_open()
        slots = {(change.entity_type, change.entity_id) for change in changes}
        assert len(slots) == len(changes), "a slot changes once in a write"
        for change in changes:
            self._entity_types.slots(change.entity_type)
        held = await tx.attachments.held_by(slots)
        differences = [self._difference(change, held) for change in changes]
        if all(found.is_empty for found in differences):
            return
        media = await self._lock(tx, differences)
        now = self._clock.now()
        _require_attachable(changes, differences, media, uses)
        await tx.attachments.apply(
            added=[
                self._attachment(change, media[media_id], now)
                for change, found in zip(changes, differences, strict=True)
                for media_id in found.added
            ],
            removed=[
                attachment
                for change, found in zip(changes, differences, strict=True)
                for attachment in _of(change, held)
                if attachment.media_id in found.removed
            ],
        )

    def _difference(self, change: UsageChange, held: Sequence[Attachment]) -> Difference:
        """From what the ledger holds: where that is not what the entity had, it is put right on the way."""
        known = [attachment.media_id for attachment in _of(change, held)]
        if set(known) != set(change.old_media_ids):
            self._log.warning("attachments.drift", entity_type=change.entity_type, entity_id=change.entity_id)
        return difference(known, change.new_media_ids)

    async def _lock(self, tx: UnitOfWork, differences: Iterable[Difference]) -> dict[MediaId, Media]:
        concerned = {media_id for found in differences for media_id in (*found.added, *found.removed)}
        return {media.id: media for media in await tx.media.lock_all(concerned)}

    def _attachment(self, change: UsageChange, media: Media, now: datetime) -> Attachment:
        return Attachment(
            id=AttachmentId(self._ids.new()),
            media_id=media.id,
            entity_type=change.entity_type,
            entity_id=change.entity_id,
            store_id=change.store_id,
            storage_key=media.storage_key,
            created_at=now,
        )


def _of(change: UsageChange, held: Sequence[Attachment]) -> Sequence[Attachment]:
    return [
        attachment
        for attachment in held
        if (attachment.entity_type, attachment.entity_id) == (change.entity_type, change.entity_id)
    ]


def _require_attachable(
    changes: Sequence[UsageChange],
    differences: Sequence[Difference],
    media: Mapping[MediaId, Media],
    uses: Sequence[NewUse],
) -> None:
    obstacles: dict[MediaId, Obstacle] = {}
    for change, found in zip(changes, differences, strict=True):
        for media_id in found.added:
            known = media.get(media_id)
            ours = known if known and known.store_id == change.store_id else None
            obstacle = ours.obstacle if ours else Obstacle.NOT_FOUND
            if obstacle is not None:
                obstacles[media_id] = obstacle
    if obstacles:
        raise MediaNotAttachable(obstacles, {use.media_id: use.at for use in reversed(uses)})
