"""Ledger against entities, both ways."""

from collections.abc import AsyncIterator, Iterable, Sequence
from uuid import UUID

from application.attachments.entity_types import EntityType, EntityTypes, Reference
from application.audit.finding import Drift, Finding
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.attachments.attachment import Attachment
from domain.attachments.errors import UnknownEntityType
from domain.ids import AttachmentId, MediaId, StoreId
from domain.media.media import Media, MediaStatus

_ENTITIES = 500
"""At one look."""


class AuditUses:
    """Looks without locks first. What looks wrong is looked at again with the entity and its media locked, so that
    nothing is found that is only just being written.
    """

    def __init__(self, *, begin: UnitOfWorkFactory, entity_types: EntityTypes, clock: Clock, ids: Ids) -> None:
        self._begin = begin
        self._entity_types = entity_types
        self._clock = clock
        self._ids = ids

    async def __call__(self, *, repair: bool) -> AsyncIterator[Finding]:
        for slot in self._entity_types:
            async for entity_id, store_id in self._suspects(slot):
                for finding in await self._look_closely(slot, entity_id, store_id, repair=repair):
                    yield finding
        async for finding in self._of_other_names(repair=repair):
            yield finding

    async def _suspects(self, slot: EntityType) -> AsyncIterator[tuple[UUID, StoreId | None]]:
        """Entities of which ledger and entity do not say the same, or whose media are not there; with their store, None
        for those that refer to nothing.
        """
        after: UUID | None = None
        while True:
            async with self._begin() as tx:
                said = await slot.references.page(tx, after=after, limit=_ENTITIES)
                upto = said[-1].entity_id if len({each.entity_id for each in said}) >= _ENTITIES else None
                booked = await tx.census.uses_between([slot.name, slot.owner], after=after, upto=upto)
                media = {each.id: each for each in await tx.media.find_all({each.media_id for each in said})}
            stores = {each.entity_id: each.store_id for each in said}
            for entity_id in _differing(slot, said, booked, media):
                yield entity_id, stores.get(entity_id)
            if upto is None:
                return
            after = upto

    async def _look_closely(
        self, slot: EntityType, entity_id: UUID, store_id: StoreId | None, *, repair: bool
    ) -> Sequence[Finding]:
        async with self._begin() as tx:
            said = set(await slot.references.of(tx, entity_id))
            held = await tx.attachments.held_by([(slot.name, entity_id), (slot.owner, entity_id)])
            booked = {use.media_id: use for use in held if use.entity_type == slot.name}
            covered = {use.media_id for use in held}
            media = {each.id: each for each in await tx.media.lock_all(said | booked.keys())}
            findings = []
            for media_id in sorted(said | booked.keys()):
                drift = _drift(media_id, said, covered, booked, media.get(media_id), store_id=store_id)
                if drift is not None:
                    mended = repair and await self._mend(
                        tx, slot, entity_id, drift, media_id=media_id, use=booked.get(media_id)
                    )
                    findings.append(_finding(drift, slot.name, entity_id, media_id, media, repaired=mended))
            if repair:
                await tx.commit()
        return findings

    async def _mend(
        self,
        tx: UnitOfWork,
        slot: EntityType,
        entity_id: UUID,
        drift: Drift,
        *,
        media_id: MediaId,
        use: Attachment | None,
    ) -> bool:
        match drift:
            case Drift.STALE_USE if use is not None:
                await tx.attachments.apply(added=[], removed=[use])
            case Drift.UNRECORDED_USE:
                await tx.attachments.apply(added=[await self._use(tx, slot, entity_id, media_id)], removed=[])
            case Drift.DANGLING_REFERENCE:
                reference = use or await self._use(tx, slot, entity_id, media_id)
                await slot.detach(tx, reference, self._clock.now())
                await tx.attachments.apply(added=[], removed=[use] if use else [])
            case _:
                return False
        return True

    async def _use(self, tx: UnitOfWork, slot: EntityType, entity_id: UUID, media_id: MediaId) -> Attachment:
        media = await tx.media.find(media_id)
        assert media is not None
        return Attachment(
            id=AttachmentId(self._ids.new()),
            media_id=media_id,
            entity_type=slot.name,
            entity_id=entity_id,
            store_id=media.store_id,
            storage_key=media.storage_key,
            created_at=self._clock.now(),
        )

    async def _of_other_names(self, *, repair: bool) -> AsyncIterator[Finding]:
        """Usages under a coarse name, or under one that nobody has registered."""
        async with self._begin() as tx:
            names = await tx.census.entity_types()
        registered = {slot.name for slot in self._entity_types}
        for name in names:
            if name not in registered:
                async for finding in self._of_other_name(name, repair=repair):
                    yield finding

    async def _of_other_name(self, name: str, *, repair: bool) -> AsyncIterator[Finding]:
        after: AttachmentId | None = None
        while True:
            async with self._begin() as tx:
                uses = await tx.census.uses_of_type(name, after=after, limit=_ENTITIES)
            for use in uses:
                finding = await self._stale(use, repair=repair)
                if finding is not None:
                    yield finding
            if len(uses) < _ENTITIES:
                return
            after = uses[-1].id

    async def _stale(self, use: Attachment, *, repair: bool) -> Finding | None:
        try:
            slots = self._entity_types.slots(use.entity_type)
        except UnknownEntityType as unknown:
            return Finding(
                drift=Drift.UNKNOWN_ENTITY_TYPE,
                detail=unknown.detail,
                store_id=use.store_id,
                media_id=use.media_id,
                entity_type=use.entity_type,
                entity_id=use.entity_id,
            )
        async with self._begin() as tx:
            said = [media_id for slot in slots for media_id in await slot.references.of(tx, use.entity_id)]
            media = {each.id: each for each in await tx.media.lock_all([use.media_id])}
            still_there = use in await tx.attachments.held_by([(use.entity_type, use.entity_id)])
            if use.media_id in said or not still_there:
                return None
            if repair:
                await tx.attachments.apply(added=[], removed=[use])
                await tx.commit()
        return _finding(Drift.STALE_USE, use.entity_type, use.entity_id, use.media_id, media, repaired=repair)


def _differing(
    slot: EntityType, said: Iterable[Reference], booked: Iterable[Attachment], media: dict[MediaId, Media]
) -> Sequence[UUID]:
    claimed = {(each.entity_id, each.media_id) for each in said}
    covered = {(use.entity_id, use.media_id) for use in booked}
    exact = {(use.entity_id, use.media_id) for use in booked if use.entity_type == slot.name}
    wrong = {entity_id for entity_id, _ in (claimed - covered) | (exact - claimed)}
    for each in said:
        used = media.get(each.media_id)
        if used is None or used.status is MediaStatus.DELETED or used.store_id != each.store_id:
            wrong.add(each.entity_id)
    for use in booked:
        used = media.get(use.media_id)
        if used is not None and used.store_id != use.store_id:
            wrong.add(use.entity_id)
    return sorted(wrong)


def _drift(
    media_id: MediaId,
    said: set[MediaId],
    covered: set[MediaId],
    booked: dict[MediaId, Attachment],
    media: Media | None,
    *,
    store_id: StoreId | None,
) -> Drift | None:
    """`store_id` is that of the entity."""
    if media_id not in said:
        return Drift.STALE_USE
    if media is None or media.status is MediaStatus.DELETED:
        return Drift.DANGLING_REFERENCE
    owners = {store_id, booked[media_id].store_id if media_id in booked else None} - {None}
    if owners - {media.store_id}:
        return Drift.FOREIGN_USE
    if media_id in covered:
        return None
    # What it was when it was attached may have changed since: it failed, or its bytes were lost. It stays in use.
    return Drift.UNRECORDED_USE if media.is_visible and media.has_arrived else Drift.DANGLING_REFERENCE


_SAID = {
    Drift.STALE_USE: "the ledger has this usage, the entity does not",
    Drift.UNRECORDED_USE: "the entity uses this media, the ledger does not know",
    Drift.DANGLING_REFERENCE: "the entity refers to a media that cannot be used",
    Drift.FOREIGN_USE: "the entity uses a media of another store",
}


def _finding(
    drift: Drift,
    entity_type: str,
    entity_id: UUID,
    media_id: MediaId,
    media: dict[MediaId, Media],
    *,
    repaired: bool,
) -> Finding:
    known = media.get(media_id)
    return Finding(
        drift=drift,
        detail=_SAID[drift],
        store_id=known.store_id if known else None,
        media_id=media_id,
        entity_type=entity_type,
        entity_id=entity_id,
        repaired=repaired,
    )
