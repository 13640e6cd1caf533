"""What was created says where it is found. Of parts, kits and their attachments their own tests say so."""

from domain.media.kind import MediaKind
from tests.consumers.shop import Shop


async def test_what_was_created_is_found_at_its_location(memory_shop: Shop) -> None:
    media_id, document_id = await memory_shop.media(), await memory_shop.document(kind=MediaKind.LICENSE_DOC)
    for path, body in (
        ("/products", {"title": "Tincture"}),
        ("/ads", {"title": "Spring", "creatives": [{"mediaId": media_id}]}),
        ("/licenses", {"number": "A-4711", "mediaId": document_id}),
    ):
        made = await memory_shop.ask("POST", path, body)

        location = made.headers["location"]
        assert location.startswith(f"/api/v2{path}/")
        assert await memory_shop.done("GET", location.removeprefix("/api/v2")) == made.json()
