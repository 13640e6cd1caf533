from entrypoints.http.documentation.examples.cast import MEDIA_ID, NOW, PHOTO_ID, STORE_ID
from entrypoints.http.stores.requests import UpdateStoreBody
from entrypoints.http.stores.responses import StoreBody

CHANGE = UpdateStoreBody(logo_media_id=PHOTO_ID, banner_media_id=None)
STORE = StoreBody(store_id=STORE_ID, logo_media_id=PHOTO_ID, banner_media_id=MEDIA_ID, updated_at=NOW)
