from typing import Any

from entrypoints.http.attachment_sets.examples import IMAGE
from entrypoints.http.documentation.examples.cast import ATTACHMENT_ID, ATTACHMENT_SET_ID, KIT_ID, NOW, PART_ID
from entrypoints.http.set_owners import requests, responses

NAME = requests.NameBody(name="Oil lamp")
COPY = requests.CopyAttachmentBody(attachment_id=ATTACHMENT_ID)
_FIELDS: dict[str, Any] = {
    "name": "Oil lamp",
    "attachment_set_id": ATTACHMENT_SET_ID,
    "cover_url": IMAGE.preview_url,
    "created_at": NOW,
    "updated_at": NOW,
}
_CURSOR = "AQGXofA8AHAAgAAAAAAAAAI"
PART = responses.PartBody(PART_ID, **_FIELDS)
PARTS = responses.PartPageBody([PART], _CURSOR)
KIT = responses.KitBody(KIT_ID, **_FIELDS)
KITS = responses.KitPageBody([KIT], _CURSOR)
