from dataclasses import dataclass

from application.unit_of_work import UnitOfWorkFactory
from domain.ids import ProductId
from domain.principal import Principal
from domain.products.product import Product, visible_to
from domain.products.repository import Products


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductQuery:
    principal: Principal
    product_id: ProductId


class GetProduct:
    """For everybody in the store. Raises ProductNotFound."""

    def __init__(self, *, begin: UnitOfWorkFactory) -> None:
        self._begin = begin

    async def __call__(self, query: ProductQuery) -> Product:
        async with self._begin() as tx:
            return visible_to(await tx.repository(Products).find(query.product_id), query.product_id, query.principal)
