from domain.products.gallery import UsageType
from entrypoints.http.documentation.examples.cast import BOOKING_ID, MEDIA_ID, NOW, PHOTO_ID, PRODUCT_ID, VARIANT_ID
from entrypoints.http.products import requests, responses

_MAIN = requests.ShownMediaBody(media_id=PHOTO_ID, usage_type=UsageType.MAIN_IMAGE)
NEW = requests.CreateProductBody(title="Oil lamp", media=[_MAIN])
CHANGE = requests.ChangeProductBody(media=[_MAIN], coa_media_id=None)
ATTACHED = requests.AttachMediaBody(
    media_id=PHOTO_ID, usage_type=UsageType.SWATCH, variant_id=VARIANT_ID, display_order=1
)
MAIN = requests.SetMainImageBody(media_id=PHOTO_ID)
ORDER = requests.ReorderMediaBody(product_media_ids=[BOOKING_ID])
MEDIA = responses.ProductMediaListBody(
    media=[
        responses.ProductMediaBody(
            product_media_id=BOOKING_ID,
            media_id=PHOTO_ID,
            usage_type="main_image",
            variant_id=VARIANT_ID,
            display_order=0,
        )
    ]
)
SHOWN = responses.ProductBody(
    product_id=PRODUCT_ID, title="Oil lamp", media=MEDIA.media, coa_media_id=MEDIA_ID, created_at=NOW, updated_at=NOW
)
PAGE = responses.ProductPageBody(products=[SHOWN], next_cursor="AQGXofA8AHAAgAAAAAAAAAI")
