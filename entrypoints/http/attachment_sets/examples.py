from domain.attachment_sets.set_attachment import AttachmentType, FetchStatus
from entrypoints.http.attachment_sets import requests, responses
from entrypoints.http.documentation.examples.cast import (
    ATTACHMENT_ID,
    ATTACHMENT_SET_ID,
    LINK_ID,
    MEDIA_ID,
    NOW,
    SIGNED,
    STORE,
    STORE_ID,
)

_PAGE = "https://www.example.com/lamps/oil"
FORM = {"title": "Front", "file": "(the bytes of front.jpg)"}
LINK = requests.AttachBody(title="Data sheet", url=_PAGE)
FROM_LIBRARY = requests.AttachBody(media_id=MEDIA_ID)
CHANGE = requests.ChangeAttachmentBody(title="Front view")
CHOICE = requests.ChooseCoverBody(attachment_id=ATTACHMENT_ID)
IMAGE = responses.AttachmentBody(
    attachment_id=ATTACHMENT_ID,
    type=AttachmentType.IMAGE,
    title="Front",
    url=None,
    media_id=MEDIA_ID,
    filename="front.jpg",
    content_type="image/jpeg",
    bytes=1_048_576,
    attachment_url=f"{STORE}/media/{STORE_ID}/blobs/9f86d081?{SIGNED}",
    preview_url=f"{STORE}/media/{STORE_ID}/{MEDIA_ID}/thumbnail.jpg?{SIGNED}",
    fetch_status=None,
    failure=None,
    created_at=NOW,
)
_LINK = responses.AttachmentBody(
    attachment_id=LINK_ID,
    type=AttachmentType.URL,
    title="Data sheet",
    url=_PAGE,
    media_id=None,
    filename=None,
    content_type=None,
    bytes=None,
    attachment_url=None,
    preview_url=None,
    fetch_status=FetchStatus.FETCHING,
    failure=None,
    created_at=NOW,
)
LIST = responses.AttachmentListBody(attachments=[IMAGE, _LINK])
COVER = responses.CoverBody(cover=IMAGE)
SET = responses.AttachmentSetBody(
    attachment_set_id=ATTACHMENT_SET_ID,
    cover_attachment_id=ATTACHMENT_ID,
    attachments=LIST.attachments,
    created_at=NOW,
    updated_at=NOW,
)
