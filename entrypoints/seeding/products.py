"""Products, with what shows them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import msgspec

from application.products.create_product import CreateProduct, CreateProductCommand
from application.products.list_products import ListProducts, ListProductsQuery
from application.products.shown_media import ShownMedia
from domain.ids import MediaId, ProductId, ProductMediaId, StoreId, VariantId
from domain.products.gallery import Gallery, ProductMedia, UsageType
from domain.products.product import Product
from entrypoints.reading.texts import Line
from entrypoints.seeding.context import Context, Loader, SeedTools
from entrypoints.seeding.entry import Entry, Key, Part
from entrypoints.seeding.material import Flaw, Material, flaws, unsuited
from entrypoints.seeding.pages import PAGE, Known, all_of


class ShownEntry(Part, frozen=True):
    """`variant` is any name; the same name is the same variant of the product."""

    media: Key
    usage_type: UsageType = UsageType.GALLERY
    variant: Key | None = None


class ProductEntry(Entry, frozen=True):
    """`media` in the order of display; `coa` is the certificate of analysis."""

    title: Line
    media: list[ShownEntry] = msgspec.field(default_factory=list)
    coa: Key | None = None


def _rules(entry: ProductEntry, material: Material) -> Iterator[Flaw]:
    media = {shown.media: material.media_id(shown.media) for shown in entry.media}
    variants = {shown.variant: VariantId(uuid4()) for shown in entry.media if shown.variant}
    shown = [
        ProductMedia(
            id=ProductMediaId(uuid4()),
            media_id=media[each.media],
            usage_type=each.usage_type,
            variant_id=variants[each.variant] if each.variant else None,
        )
        for each in entry.media
    ]
    names = {str(found): name for known in (media, variants) for name, found in known.items()}
    for flaw in flaws(lambda: Gallery.of(shown), names=names):
        yield Flaw(flaw.field.replace("variantId", "variant"), flaw.detail)
    product = Product.create(
        product_id=ProductId(uuid4()),
        store_id=StoreId(uuid4()),
        title=entry.title,
        gallery=Gallery(tuple(shown)),
        coa_media_id=material.media_id(entry.coa) if entry.coa else None,
        now=datetime.now(UTC),
    )
    yield from unsuited(product.uses_beyond(Gallery(), []), material)


class ProductLoader(Loader[ProductEntry]):
    def __init__(self, tools: SeedTools) -> None:
        self._tools = tools
        box = tools.toolbox
        self._list = ListProducts(begin=box.begin)
        self._create = CreateProduct(begin=box.begin, reconcile=box.reconcile, clock=box.clock, ids=box.ids)
        self._known = Known(partial(all_of, self._page), by=lambda product: product.title)

    async def find(self, entry: ProductEntry) -> UUID | None:
        known = await self._known.find(entry.title)
        return known.id if known else None

    async def make(self, entry: ProductEntry) -> UUID:
        command = CreateProductCommand(
            principal=self._tools.principal,
            title=entry.title,
            media=[
                ShownMedia(
                    media_id=self._media(shown.media),
                    usage_type=shown.usage_type,
                    variant_id=self._variant(entry, shown.variant),
                )
                for shown in entry.media
            ],
            coa_media_id=self._media(entry.coa) if entry.coa else None,
        )
        return (await self._create(command)).id

    async def _page(self, before: ProductId | None) -> tuple[Sequence[Product], ProductId | None]:
        page = await self._list(ListProductsQuery(principal=self._tools.principal, before=before, limit=PAGE))
        return page.products, page.next_before

    def _media(self, key: Key) -> MediaId:
        return MediaId(self._tools.loaded.id_of("media", key))

    def _variant(self, entry: ProductEntry, name: Key | None) -> VariantId | None:
        return VariantId(self._tools.foreign_id("products", entry.key, name)) if name else None


PRODUCTS = Context(
    name="products",
    entry=ProductEntry,
    loader=ProductLoader,
    references={"media/*/media": "media", "coa": "media"},
    identity=lambda entry: entry.title,
    known_by="title",
    rules=_rules,
)
