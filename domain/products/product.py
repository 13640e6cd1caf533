"""What a store sells, and the media that show it."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.errors import NotFound, NotPermitted, Rejected, Violation
from domain.events import Aggregate
from domain.ids import MediaId, ProductId, StoreId
from domain.media.content_class import ContentClass
from domain.media.media import Media
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


def require_certificate(media: Media | None) -> None:
    """Raises Rejected unless it is a PDF; what does not exist is refused by the ledger."""
    if media is not None and media.content_class is not ContentClass.DOCUMENT:
        violation = Violation("/coaMediaId", "MEDIA_TYPE_NOT_ALLOWED", f"a PDF, not {media.mime_type}")
        raise Rejected("a certificate of analysis is a PDF", [violation])


def visible_to(product: Product | None, product_id: ProductId, principal: Principal) -> Product:
    """Raises ProductNotFound, also for another store's."""
    if product is None or product.store_id != principal.store_id:
        raise ProductNotFound(product_id)
    return product


def require_manager(principal: Principal) -> None:
    """Raises NotPermitted."""
    if not principal.runs_the_store:
        raise NotPermitted("products are made by those who run the store")
