"""The parts and kits of a shop, and what hangs on them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from application.attachments.delete_media import DeleteMedia
from application.media.collect_blobs import CollectBlobs
from domain.assets.failure import Failure, FailureCode
from domain.attachment_sets.repository import AttachmentSets
from domain.attachment_sets.set_attachment import SetAttachment
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal
from tests.application.media.sending import all_media, file_of
from tests.builders import NOW, OWNER
from tests.consumers.shop import KEEPER, Shop
from tests.entrypoints.http.exchange import Exchange
from tests.entrypoints.http.forms import FORM, field, file, form

ATTACHMENT = "attachment"
PDF = "application/pdf"
SVG = "image/svg+xml"
GRACE = timedelta(days=7)
PAGE = "https://www.example.com/lamps"


class Workshop:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def part(self, name: str = "Oil lamp", *, who: Principal = KEEPER) -> dict[str, Any]:
        created: dict[str, Any] = await self.shop.done("POST", "/parts", {"name": name}, who=who)
        return created

    async def kit(self, name: str = "Lamp kit", *, who: Principal = KEEPER) -> dict[str, Any]:
        created: dict[str, Any] = await self.shop.done("POST", "/kits", {"name": name}, who=who)
        return created

    async def new_set(self, *, who: Principal = KEEPER) -> str:
        """The path of an empty one."""
        return set_path(await self.part(who=who))

    async def send(
        self, path: str, body: bytes, *, content_type: str = FORM, who: Principal = KEEPER
    ) -> httpx.Response:
        headers = {**self.shop.api.headers(who), "content-type": content_type}
        return await self.shop.api.client.post(f"/api/v2{path}", content=body, headers=headers)

    async def upload(
        self,
        path: str,
        body: bytes,
        *,
        title: str | None = None,
        filename: str = "front.jpg",
        who: Principal = KEEPER,
    ) -> dict[str, Any]:
        """The attachment that a file becomes; `path` is that of the set."""
        words = [] if title is None else [field("title", title)]
        answer = await self.send(f"{path}/attachments", form(*words, file(body, filename=filename)), who=who)
        assert answer.status_code == 201, answer.text
        attached: dict[str, Any] = answer.json()
        return attached

    async def image(self, path: str, name: str = "one", **more: Any) -> dict[str, Any]:
        return await self.upload(path, file_of(name=name), **more)

    async def pdf(self, path: str, name: str = "one", **more: Any) -> dict[str, Any]:
        return await self.upload(path, file_of(PDF, name=name), **{"filename": "sheet.pdf"} | more)

    async def attach(self, path: str, *, who: Principal = KEEPER, **body: Any) -> dict[str, Any]:
        attached: dict[str, Any] = await self.shop.done("POST", f"{path}/attachments", body, who=who)
        return attached

    async def library(self, body: bytes, *, kind: str = "other", who: Principal = KEEPER) -> str:
        """A media that was uploaded to the library, for no set."""
        answer = await self.send("/media/upload", form(field("kind", kind), file(body)), who=who)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["mediaId"])

    async def flow(self, path: str, body: AsyncIterator[bytes], *, length: int, gone: bool = False) -> Exchange:
        """A form whose pieces come as `body` has them; `gone` when the client goes away behind the last."""
        api = self.shop.api
        headers = {**api.headers(KEEPER), "content-type": FORM}
        url = f"/api/v2{path}/attachments"
        return await Exchange(api.app, url, headers, body, content_length=length, gone=gone).run()

    async def shown(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.shop.done("GET", path)
        return found

    async def attached(self, path: str) -> list[str]:
        """The ids of its attachments."""
        return [each["attachmentId"] for each in (await self.shown(path))["attachments"]]

    async def cover(self, path: str) -> str | None:
        """The id of its cover, which all say alike."""
        found = (await self.shop.done("GET", f"{path}/cover"))["cover"]
        cover = found["attachmentId"] if found else None
        assert (await self.shown(path))["coverAttachmentId"] == cover
        return cover

    async def fill(self, path: str, number: int) -> None:
        """With addresses, past the use cases."""
        async with self.shop.begin() as tx:
            attachment_set = await tx.repository(AttachmentSets).lock(AttachmentSetId(UUID(path.rpartition("/")[2])))
            assert attachment_set is not None
            for _ in range(number):
                attachment_set.add(
                    SetAttachment.of_address(
                        attachment_id=SetAttachmentId(self.shop.api.ids.new()),
                        user_id=OWNER,
                        title=None,
                        url=PAGE,
                        now=NOW,
                    ),
                    now=NOW,
                )
            await tx.repository(AttachmentSets).save(attachment_set)
            await tx.commit()

    async def end_fetch(self, path: str, attached: dict[str, Any], *, failed: bool = False) -> None:
        """As the worker does it, of a page that says nothing."""
        attachment_id = SetAttachmentId(UUID(attached["attachmentId"]))
        async with self.shop.begin() as tx:
            attachment_set = await tx.repository(AttachmentSets).lock(AttachmentSetId(UUID(path.rpartition("/")[2])))
            assert attachment_set is not None
            if failed:
                failure = Failure(code=FailureCode.ADDRESS_FORBIDDEN, detail="nobody goes there")
                attachment_set.fail_fetch(attachment_id, failure, now=NOW)
            else:
                attachment_set.receive_page(attachment_id, title=None, preview=None, now=NOW)
            await tx.repository(AttachmentSets).save(attachment_set)
            await tx.commit()

    async def assert_nothing_uploaded(self) -> None:
        """Neither a media nor an object nor an open upload."""
        assert await all_media(self.shop.api) == []
        assert not self.shop.api.bucket.objects
        assert not self.shop.api.bucket.uploads
        assert await self.shop.ledger() == []

    @property
    def delete_media(self) -> DeleteMedia:
        """What the deletion worker does."""
        api = self.shop.api
        return DeleteMedia(
            begin=api.begin,
            store=api.store,
            entity_types=api.entity_types,
            clock=api.clock,
            telemetry=api.telemetry,
            log=api.log,
        )

    async def collect_blobs(self) -> None:
        """What the sweeper does, once nobody has held them for long enough."""
        api = self.shop.api
        collect = CollectBlobs(
            begin=api.begin, store=api.store, clock=api.clock, grace=GRACE, telemetry=api.telemetry, log=api.log
        )
        api.clock.advance(GRACE + timedelta(seconds=1))
        await collect()


def set_path(owner: dict[str, Any]) -> str:
    return f"/attachment-sets/{owner['attachmentSetId']}"
