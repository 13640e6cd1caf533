"""What a store sells, and the media that show it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.errors import NotFound, NotPermitted
from domain.events import Aggregate
from domain.ids import MediaId, ProductId, StoreId
from domain.media.kind import PDF
from domain.media.suitability import NewUse
from domain.principal import Principal
from domain.products.gallery import Gallery


class ProductNotFound(NotFound):
    code = "PRODUCT_NOT_FOUND"

    def __init__(self, product_id: ProductId) -> None:
        super().__init__(f"there is no product {product_id} in your store")
        self.product_id = product_id


@dataclass(slots=True, kw_only=True)
class Product(Aggregate):
    """`coa_media_id` is its certificate of analysis."""

    id: ProductId
    store_id: StoreId
    title: str
    gallery: Gallery = field(default_factory=Gallery)
    coa_media_id: MediaId | None = None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(
        cls,
        *,
        product_id: ProductId,
        store_id: StoreId,
        title: str,
        gallery: Gallery,
        coa_media_id: MediaId | None,
        now: datetime,
    ) -> "Product":
        return cls(
            id=product_id,
            store_id=store_id,
            title=title,
            gallery=gallery,
            coa_media_id=coa_media_id,
            created_at=now,
            updated_at=now,
        )

    @property
    def coa(self) -> list[MediaId]:
        """The media of this slot, as the ledger wants it."""
        return [self.coa_media_id] if self.coa_media_id else []

    def uses_beyond(self, gallery: Gallery, coa: Sequence[MediaId], *, at: str | None = None) -> list[NewUse]:
        """What both slots use now, and did not with these. `at` is the JSON pointer of the one media that a request
        names; without it, a request names them where they stand in the gallery.
        """
        certificates = [
            NewUse("/coaMediaId", media_id, PDF, shown=False) for media_id in self.coa if media_id not in coa
        ]
        return [*self.gallery.uses_beyond(gallery, at=at), *certificates]

    def change(self, *, title: str, gallery: Gallery, coa_media_id: MediaId | None, now: datetime) -> bool:
        """False when that is how it is already."""
        if (self.title, self.gallery, self.coa_media_id) == (title, gallery, coa_media_id):
            return False
        self.title, self.gallery, self.coa_media_id = title, gallery, coa_media_id
        self.updated_at = now
        return True

    def arrange(self, gallery: Gallery, *, now: datetime) -> bool:
        """False when that is how it is already."""
        return self.change(title=self.title, gallery=gallery, coa_media_id=self.coa_media_id, now=now)

    def detach_from_gallery(self, media_id: MediaId, *, now: datetime) -> bool:
        """Give up every use of the media there; False when there is none, or none any more."""
        return self.arrange(self.gallery.without(media_id), now=now)

    def detach_coa(self, media_id: MediaId, *, now: datetime) -> bool:
        """Give up the certificate; False when it is not this media, or not any more."""
        if self.coa_media_id != media_id:
            return False
        return self.change(title=self.title, gallery=self.gallery, coa_media_id=None, now=now)


def visible_to(product: Product | None, product_id: ProductId, principal: Principal) -> Product:
    """Raises ProductNotFound, also for another store's."""
    if product is None or product.store_id != principal.store_id:
        raise ProductNotFound(product_id)
    return product


def require_manager(principal: Principal) -> None:
    """Raises NotPermitted."""
    if not principal.runs_the_store:
        raise NotPermitted("products are made by those who run the store")
