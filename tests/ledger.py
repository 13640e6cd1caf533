"""The ledger of a registry without consumers: for tests that are about usages alone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from adapters.memory.clock import ManualClock
from application.attachments.entity_types import EntityType, EntityTypes, Reference, References
from application.attachments.reconcile_attachments import ReconcileAttachments, UsageChange
from application.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.attachments.attachment import Attachment
from domain.ids import MediaId
from domain.media.media import Media
from tests.application.stubs import RecordingLog
from tests.builders import IDS, NOW, STORE, ready_media


async def _detach(tx: UnitOfWork, attachment: Attachment, now: datetime) -> None:
    raise AssertionError("whoever reconciles has changed the entity itself")


class NoReferences(References):
    async def of(self, tx: UnitOfWork, entity_id: UUID) -> Collection[MediaId]:
        return ()

    async def page(self, tx: UnitOfWork, *, after: UUID | None, limit: int) -> Sequence[Reference]:
        return ()


def _slot(name: str, owner: str, *, protected: bool = False) -> EntityType:
    return EntityType(name=name, owner=owner, protected=protected, detach=_detach, references=NoReferences())


class Ledger:
    """A writer of one product's usages, over whatever database."""

    def __init__(self, begin: UnitOfWorkFactory) -> None:
        self.begin = begin
        self.product = IDS.new()
        self.clock, self.log = ManualClock(NOW), RecordingLog()
        self.entity_types = EntityTypes(
            [
                _slot("product_gallery", "product"),
                _slot("product_coa", "product"),
                _slot("license", "license", protected=True),
            ]
        )
        self.reconcile = ReconcileAttachments(entity_types=self.entity_types, clock=self.clock, ids=IDS, log=self.log)

    def change(self, old: Sequence[Media], new: Sequence[Media], **changes: Any) -> UsageChange:
        return UsageChange(
            **{
                "entity_type": "product_gallery",
                "entity_id": self.product,
                "store_id": STORE,
                "old_media_ids": [media.id for media in old],
                "new_media_ids": [media.id for media in new],
            }
            | changes
        )

    async def __call__(self, *changes: UsageChange) -> None:
        async with self.begin() as tx:
            await self.reconcile(tx, *changes)
            await tx.commit()

    async def rows(self) -> Sequence[Attachment]:
        async with self.begin() as tx:
            return await tx.attachments.page(after=None, limit=1_000)

    async def media(self, number: int, **changes: Any) -> list[Media]:
        media = [ready_media(**changes) for _ in range(number)]
        async with self.begin() as tx:
            for each in media:
                await tx.media.save(each)
            await tx.commit()
        return media

    async def count(self, media: Media) -> int:
        async with self.begin() as tx:
            stored = await tx.media.find(media.id)
        assert stored is not None
        return stored.usage_count
