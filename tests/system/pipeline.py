"""An external pipeline, as Vitrine sees it: it makes objects, and reports on them with a signature."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from standardwebhooks import Webhook

from tests import media
from tests.system.backstage import Backstage
from tests.system.caller import CALLBACKS, Json
from tests.system.delivery import Delivery, received
from tests.system.files import photos
from tests.system.marketplace import Marketplace

SECRET = "whsec_b2YgdGVzdHMsIDI0IGJ5dGVzIGxvbmcu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Signs what it reports as Standard Webhooks."""

    marketplace: Marketplace
    backstage: Backstage

    async def report(
        self, body: Json, *, secret: str = SECRET, age: timedelta = timedelta(), message_id: str | None = None
    ) -> httpx.Response:
        content = json.dumps(body)
        sent_at = datetime.now(UTC) - age
        message_id = message_id or f"msg_{uuid4()}"
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, sent_at, content),
            "content-type": "application/json",
        }
        return await self.marketplace.http.post(CALLBACKS, content=content, headers=headers)

    async def asked(self, count: int = 1) -> tuple[Delivery, Json]:
        """A batch that waits for this pipeline, and a report that names its job."""
        delivery = await received(self.marketplace, photos(count))
        processing = (await delivery.status())["processing"]
        return delivery, {"jobId": processing["jobId"], "attempt": processing["attempt"], "status": "SUCCEEDED"}

    async def output(self, delivery: Delivery, client_id: str, attempt: int = 1) -> Json:
        """Makes the pictures of one file and puts them where the pipeline may write."""
        asset_id = delivery.asset_id(client_id)
        keys = {}
        for name, data in (("large", media.jpeg(320, 240)), ("thumbnail", media.jpeg(200, 150))):
            keys[name] = f"{delivery.listing_id}/processed/photo/horizontal/{name}/{asset_id}.{attempt}.jpg"
            await self.backstage.put_object(keys[name], data, "image/jpeg")
        return {"assetId": asset_id, "processedKey": keys["large"], "thumbnailKey": keys["thumbnail"]}

    async def archive(self, delivery: Delivery, attempt: int = 1) -> Json:
        """An empty ZIP: what is in it is the pipeline's business."""
        key = f"{delivery.listing_id}/processed/zip/{delivery.batch_id}.{attempt}.zip"
        await self.backstage.put_object(key, b"PK\x05\x06" + bytes(18), "application/zip")
        return {"key": key}

    async def everything(self, delivery: Delivery, attempt: int = 1) -> Json:
        """What a pipeline reports when all went well."""
        outputs = [await self.output(delivery, file.client_id, attempt) for file in delivery.files]
        return {"status": "SUCCEEDED", "outputs": outputs, "zip": await self.archive(delivery, attempt)}
