from collections.abc import Sequence
from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import ProductId
from domain.principal import Principal
from domain.products.product import Product
from domain.products.repository import Products


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProductsQuery:
    """`limit` products older than `before`, or the newest."""

    principal: Principal
    before: ProductId | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    """Newest first; `next_before` is None on the last page."""

    products: Sequence[Product]
    next_before: ProductId | None


class ListProducts:
    """For everybody in the store."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: ListProductsQuery) -> ProductPage:
        async with self._begin() as tx:
            found = await tx.repository(Products).of_store(
                query.principal.store_id, before=query.before, limit=query.limit + 1
            )
        products = found[: query.limit]
        return ProductPage(products=products, next_before=products[-1].id if len(found) > len(products) else None)
