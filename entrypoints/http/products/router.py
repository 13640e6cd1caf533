from collections.abc import Sequence

from litestar import Router

from application.products.attach_media import AttachMedia
from application.products.change_product import ChangeProduct
from application.products.create_product import CreateProduct
from application.products.delete_product import DeleteProduct
from application.products.detach_media import DetachMedia
from application.products.get_product import GetProduct
from application.products.list_products import ListProducts
from application.products.product_editor import ProductEditor
from application.products.reorder_media import ReorderMedia
from application.products.set_main_image import SetMainImage
from entrypoints.http.authentication import TokenRequired
from entrypoints.http.documentation.security import BEARER
from entrypoints.http.products.attach_media import show_media
from entrypoints.http.products.change_product import edit_product
from entrypoints.http.products.create_product import make_product
from entrypoints.http.products.delete_product import remove_product
from entrypoints.http.products.detach_media import hide_media
from entrypoints.http.products.get_product import show_product
from entrypoints.http.products.list_media import list_product_media
from entrypoints.http.products.list_products import find_products
from entrypoints.http.products.reorder_media import order_media
from entrypoints.http.products.set_main_image import choose_main_image
from entrypoints.http.use_case import given
from entrypoints.media_consumers.media_consumer import Toolbox

_HANDLERS = [
    make_product,
    find_products,
    show_product,
    edit_product,
    remove_product,
    list_product_media,
    show_media,
    hide_media,
    order_media,
    choose_main_image,
]


def products_routers(tools: Toolbox) -> Sequence[Router]:
    begin, reconcile, clock, ids = tools.begin, tools.reconcile, tools.clock, tools.ids
    edit = ProductEditor(begin=begin, reconcile=reconcile, clock=clock)
    router = Router(
        "/api/v2/products",
        route_handlers=_HANDLERS,
        middleware=[TokenRequired(tools.token_verifier)],
        dependencies={
            "create_product": given(CreateProduct(begin=begin, reconcile=reconcile, clock=clock, ids=ids)),
            "change_product": given(ChangeProduct(edit=edit, ids=ids)),
            "attach_media": given(AttachMedia(edit=edit, ids=ids)),
            "detach_media": given(DetachMedia(edit=edit)),
            "reorder_media": given(ReorderMedia(edit=edit)),
            "set_main_image": given(SetMainImage(edit=edit, ids=ids)),
            "delete_product": given(DeleteProduct(begin=begin, reconcile=reconcile)),
            "get_product": given(GetProduct(begin=begin)),
            "list_products": given(ListProducts(begin=begin)),
        },
        security=[{BEARER: []}],
        tags=["Products"],
    )
    return [router]
