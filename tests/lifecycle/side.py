"""Everything that makes, uses and ends media, with the real consumers, over one database."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from application.ads.create_ad import CreateAd
from application.ads.delete_ad import DeleteAd
from application.attachments.delete_media import DeleteMedia
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.attachments.request_deletion import RequestDeletion
from application.audit.audit_bytes import AuditBytes
from application.audit.audit_counts import AuditCounts
from application.audit.audit_media import AuditMedia
from application.audit.audit_uses import AuditUses
from application.audit.finding import Finding
from application.licenses.decide_license import DecideLicense
from application.licenses.delete_license import DeleteLicense
from application.licenses.submit_license import SubmitLicense
from application.media.collect_blobs import CollectBlobs
from application.media.note_blob_removal import NoteBlobRemoval
from application.products.attach_media import AttachMedia
from application.products.change_product import ChangeProduct
from application.products.create_product import CreateProduct
from application.products.delete_product import DeleteProduct
from application.products.detach_media import DetachMedia
from application.products.product_editor import ProductEditor
from application.products.reorder_media import ReorderMedia
from application.stores.update_store import UpdateStore
from application.unit_of_work import UnitOfWorkFactory
from application.users.update_user import UpdateUser
from domain.attachments.attachment import Attachment
from domain.ids import MediaId
from domain.media.media import Media
from entrypoints.media_consumers.media_consumer import registered_types
from entrypoints.media_consumers.registered import MEDIA_CONSUMERS
from tests.application.media_use_cases import URL_LIFETIME
from tests.application.world import World

GRACE = 2 * URL_LIFETIME
MOST = 1_000


class Side(World):
    """Two of them, over different databases, that are told the same must show the same."""

    def __init__(self, folder: Path, begin: UnitOfWorkFactory) -> None:
        super().__init__(folder)
        self.begin = begin
        self.entity_types = registered_types(MEDIA_CONSUMERS)

    @cached_property
    def reconcile(self) -> ReconcileAttachments:
        return ReconcileAttachments(entity_types=self.entity_types, clock=self.clock, ids=self.ids, log=self.log)

    @cached_property
    def _edit(self) -> ProductEditor:
        return ProductEditor(begin=self.begin, reconcile=self.reconcile, clock=self.clock)

    @cached_property
    def create_product(self) -> CreateProduct:
        return CreateProduct(begin=self.begin, reconcile=self.reconcile, clock=self.clock, ids=self.ids)

    @cached_property
    def change_product(self) -> ChangeProduct:
        return ChangeProduct(edit=self._edit, ids=self.ids)

    @cached_property
    def attach_media(self) -> AttachMedia:
        return AttachMedia(edit=self._edit, ids=self.ids)

    @cached_property
    def detach_media(self) -> DetachMedia:
        return DetachMedia(edit=self._edit)

    @cached_property
    def reorder_media(self) -> ReorderMedia:
        return ReorderMedia(edit=self._edit)

    @cached_property
    def delete_product(self) -> DeleteProduct:
        return DeleteProduct(begin=self.begin, reconcile=self.reconcile)

    @cached_property
    def submit_license(self) -> SubmitLicense:
        return SubmitLicense(begin=self.begin, reconcile=self.reconcile, clock=self.clock, ids=self.ids)

    @cached_property
    def decide_license(self) -> DecideLicense:
        return DecideLicense(begin=self.begin, clock=self.clock)

    @cached_property
    def delete_license(self) -> DeleteLicense:
        return DeleteLicense(begin=self.begin, reconcile=self.reconcile)

    @cached_property
    def create_ad(self) -> CreateAd:
        return CreateAd(begin=self.begin, reconcile=self.reconcile, clock=self.clock, ids=self.ids)

    @cached_property
    def delete_ad(self) -> DeleteAd:
        return DeleteAd(begin=self.begin, reconcile=self.reconcile)

    @cached_property
    def update_user(self) -> UpdateUser:
        return UpdateUser(begin=self.begin, reconcile=self.reconcile, clock=self.clock)

    @cached_property
    def update_store(self) -> UpdateStore:
        return UpdateStore(begin=self.begin, reconcile=self.reconcile, clock=self.clock)

    @cached_property
    def request_deletion(self) -> RequestDeletion:
        return RequestDeletion(begin=self.begin, entity_types=self.entity_types, clock=self.clock, log=self.log)

    @cached_property
    def delete_media(self) -> DeleteMedia:
        return DeleteMedia(
            begin=self.begin,
            store=self.store,
            entity_types=self.entity_types,
            clock=self.clock,
            telemetry=self.telemetry,
            log=self.log,
        )

    @cached_property
    def collect_blobs(self) -> CollectBlobs:
        return CollectBlobs(
            begin=self.begin,
            store=self.store,
            clock=self.clock,
            grace=GRACE,
            telemetry=self.telemetry,
            log=self.log,
        )

    @cached_property
    def audit(self) -> AuditMedia:
        return AuditMedia(
            uses=AuditUses(begin=self.begin, entity_types=self.entity_types, clock=self.clock, ids=self.ids),
            counts=AuditCounts(begin=self.begin, clock=self.clock),
            stored=AuditBytes(
                begin=self.begin,
                store=self.store,
                clock=self.clock,
                ids=self.ids,
                removed=NoteBlobRemoval(
                    begin=self.begin,
                    store=self.store,
                    entity_types=self.entity_types,
                    release=self.release_from_quarantine,
                    clock=self.clock,
                    telemetry=self.telemetry,
                    log=self.log,
                ),
            ),
        )

    async def findings(self) -> list[Finding]:
        return [finding async for finding in self.audit(repair=False)]

    async def library(self) -> Sequence[Media]:
        async with self.begin() as tx:
            return await tx.media.page(after=None, limit=MOST)

    async def ledger(self) -> Sequence[Attachment]:
        async with self.begin() as tx:
            return await tx.attachments.page(after=None, limit=MOST)

    async def references(self) -> set[tuple[str, Any, MediaId]]:
        """What the entities themselves say: entity type, entity, media."""
        async with self.begin() as tx:
            return {
                (slot.name, reference.entity_id, reference.media_id)
                for slot in self.entity_types
                for reference in await slot.references.page(tx, after=None, limit=MOST)
            }

    async def visible(self) -> dict[str, Any]:
        """All that anybody can see, by what it is; in itself it is sound."""
        async with self.begin() as tx:
            blobs = await tx.blobs.page(after=None, limit=MOST)
        while await self.relay_outbox():
            pass
        library, ledger, references = await self.library(), await self.ledger(), await self.references()
        self._require_sound(library, ledger, references)
        return {
            "media": list(library),
            "blobs": list(blobs),
            "ledger": list(ledger),
            "references": references,
            "messages": [(told.topic, told.key, told.type, told.payload) for told in self.publisher.messages],
            "objects": sorted(self.bucket.objects),
        }

    def _require_sound(
        self, library: Sequence[Media], ledger: Sequence[Attachment], references: set[tuple[str, Any, MediaId]]
    ) -> None:
        """No reference dangles, no usage is booked twice, no count is wrong, no bytes are missing."""
        assert sorted((use.entity_type, use.entity_id, use.media_id) for use in ledger) == sorted(references)
        media = {each.id: each for each in library}
        for use in ledger:
            assert media[use.media_id].deleted_at is None
            assert (use.store_id, use.storage_key) == (media[use.media_id].store_id, media[use.media_id].storage_key)
        uses = Counter(use.media_id for use in ledger)
        for each in library:
            assert each.usage_count == uses[each.id]
            assert not each.has_arrived or each.storage_key in self.bucket.objects
