"""Entity and ledger change together or not at all."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.postgres.attachment_sets import PostgresAttachmentSets, attachment_sets
from adapters.postgres.licenses import PostgresLicenses
from adapters.postgres.products import PostgresProducts
from adapters.postgres.set_owners import PostgresKits, PostgresParts
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.attachment_sets.create_owner import CreateOwner, CreateOwnerCommand
from application.attachment_sets.delete_owner import DeleteOwner, DeleteOwnerCommand
from application.attachment_sets.owner_sort import KITS, PARTS, OwnerSort
from application.attachment_sets.set_keeper import SetKeeper
from application.attachments.reconcile_attachments import ReconcileAttachments
from application.licenses.submit_license import SubmitLicense, SubmitLicenseCommand
from application.products.create_product import CreateProduct, CreateProductCommand
from application.products.shown_media import ShownMedia
from domain.attachment_sets.attachment_set import AttachmentSet
from domain.attachment_sets.repository import AttachmentSets
from domain.ids import MediaId
from domain.kits.kit import Kit, Kits
from domain.licenses.license import License
from domain.licenses.repository import Licenses
from domain.parts.part import Part, Parts
from domain.products.gallery import UsageType
from domain.products.product import Product
from domain.products.repository import Products
from tests.builders import IDS
from tests.consumers.shop import KEEPER, Shop


class Broken(Exception):
    pass


class BrokenProducts(PostgresProducts):
    async def save(self, product: Product) -> None:
        await super().save(product)
        raise Broken


class BrokenLicenses(PostgresLicenses):
    async def save(self, license_: License) -> None:
        await super().save(license_)
        raise Broken


class BrokenParts(PostgresParts):
    async def save(self, owner: Part) -> None:
        await super().save(owner)
        raise Broken


class BrokenKits(PostgresKits):
    async def save(self, owner: Kit) -> None:
        await super().save(owner)
        raise Broken


class BrokenSets(PostgresAttachmentSets):
    async def remove(self, attachment_set: AttachmentSet) -> None:
        await super().remove(attachment_set)
        raise Broken


@pytest.fixture
def broken(shop_engine: AsyncEngine) -> PostgresUnitOfWorkFactory:
    repositories = {
        Products: BrokenProducts,
        Licenses: BrokenLicenses,
        AttachmentSets: BrokenSets,
        Parts: BrokenParts,
        Kits: BrokenKits,
    }
    return PostgresUnitOfWorkFactory(shop_engine, IDS, repositories=repositories)


def reconcile(shop: Shop) -> ReconcileAttachments:
    api = shop.api
    return ReconcileAttachments(entity_types=api.entity_types, clock=api.clock, ids=IDS, log=api.log)


async def test_a_product_that_is_not_stored_uses_nothing(
    postgres_shop: Shop, broken: PostgresUnitOfWorkFactory
) -> None:
    shop = postgres_shop
    picture = await shop.media()
    create = CreateProduct(begin=broken, reconcile=reconcile(shop), clock=shop.api.clock, ids=IDS)
    shown = ShownMedia(media_id=MediaId(UUID(picture)), usage_type=UsageType.GALLERY, variant_id=None)

    with pytest.raises(Broken):
        await create(CreateProductCommand(principal=KEEPER, title="Oil lamp", media=[shown], coa_media_id=None))

    assert await shop.uses(picture) == []
    assert (await shop.done("GET", "/products"))["products"] == []


async def test_a_license_that_is_not_stored_protects_nothing(
    postgres_shop: Shop, broken: PostgresUnitOfWorkFactory
) -> None:
    shop = postgres_shop
    document = await shop.document()
    submit = SubmitLicense(begin=broken, reconcile=reconcile(shop), clock=shop.api.clock, ids=IDS)

    with pytest.raises(Broken):
        await submit(SubmitLicenseCommand(principal=KEEPER, number="A", media_id=MediaId(UUID(document))))

    assert await shop.uses(document) == []
    assert (await shop.done("GET", "/licenses"))["licenses"] == []


@pytest.mark.parametrize("sort", [PARTS, KITS], ids=["part", "kit"])
async def test_a_part_that_is_not_stored_leaves_no_set(
    postgres_shop: Shop, broken: PostgresUnitOfWorkFactory, shop_engine: AsyncEngine, sort: OwnerSort[Any]
) -> None:
    create = CreateOwner(sort=sort, begin=broken, clock=postgres_shop.api.clock, ids=IDS)

    with pytest.raises(Broken):
        await create(CreateOwnerCommand(principal=KEEPER, name="Oil lamp"))

    assert (await postgres_shop.done("GET", f"/{sort.owner.noun}s"))[f"{sort.owner.noun}s"] == []
    assert await sets_in(shop_engine) == 0


async def test_a_part_that_cannot_go_altogether_stays_altogether(
    postgres_shop: Shop, broken: PostgresUnitOfWorkFactory
) -> None:
    shop = postgres_shop
    part = await shop.done("POST", "/parts", {"name": "Oil lamp"})
    picture = await shop.media()
    path = f"/attachment-sets/{part['attachmentSetId']}"
    attached = await shop.done("POST", f"{path}/attachments", {"mediaId": picture})
    delete = DeleteOwner(
        sort=PARTS, begin=broken, keeper=SetKeeper(reconcile=reconcile(shop), telemetry=shop.api.telemetry)
    )

    with pytest.raises(Broken):
        await delete(DeleteOwnerCommand(principal=KEEPER, owner_id=UUID(part["partId"])))

    assert (await shop.done("GET", "/parts"))["parts"] != []
    assert (await shop.done("GET", path))["coverAttachmentId"] == attached["attachmentId"]
    assert await shop.uses(picture) == [("attachment", attached["attachmentId"])]


async def sets_in(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return len((await connection.execute(attachment_sets.select())).all())


async def test_what_the_ledger_refuses_leaves_no_entity(shop: Shop) -> None:
    nobodys = str(IDS.new())

    await shop.refused(
        409, "MEDIA_NOT_ATTACHABLE", "POST", "/products", {"title": "Oil lamp", "media": [{"mediaId": nobodys}]}
    )
    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "POST", "/licenses", {"number": "A", "mediaId": nobodys})
    await shop.refused(
        409, "MEDIA_NOT_ATTACHABLE", "POST", "/ads", {"title": "Sale", "creatives": [{"mediaId": nobodys}]}
    )

    assert (await shop.done("GET", "/products"))["products"] == []
    assert (await shop.done("GET", "/licenses"))["licenses"] == []
    assert (await shop.done("GET", "/ads"))["ads"] == []


async def test_a_change_that_the_ledger_refuses_leaves_the_old(shop: Shop) -> None:
    picture = await shop.media()
    created = await shop.done("POST", "/products", {"title": "Lamp", "media": [{"mediaId": picture}]})
    path = f"/products/{created['productId']}"

    body = {"title": "Other", "media": [{"mediaId": str(IDS.new())}]}
    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "PATCH", path, body)

    assert (await shop.done("GET", path))["title"] == "Lamp"
    assert await shop.uses(picture) == [("product_gallery", created["productId"])]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/products", {"title": "a\0b"}),
        ("POST", "/products", {"title": ""}),
        ("POST", "/products", {"title": "x" * 201}),
        ("POST", "/products", {"title": "x", "media": [{}]}),
        ("POST", "/products", {"title": "x", "unknown": 1}),
        ("POST", "/ads", {"title": "x\n", "creatives": []}),
        ("POST", "/licenses", {"number": "\x7f", "mediaId": str(IDS.new())}),
        ("PATCH", "/users/not-an-id", {}),
    ],
)
async def test_nonsense_is_refused(shop: Shop, method: str, path: str, body: object) -> None:
    assert (await shop.ask(method, path, body)).status_code in {404, 422}
