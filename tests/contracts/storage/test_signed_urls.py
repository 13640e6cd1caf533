"""What a signed URL permits, and what it does not, in memory and on S3."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from application.ports.storage import SignedUpload
from domain.checksum import Checksum
from tests.contracts.storage.conftest import Storage

BODY = b"the bytes of a photo"
QUARTER = timedelta(minutes=15)


def signed_put(storage: Storage, *, body: bytes = BODY, age: timedelta = timedelta()) -> SignedUpload:
    return storage.signer.put(
        storage.key(),
        content_type="image/jpeg",
        size=len(body),
        checksum=Checksum(sha256(body).digest()),
        now=storage.now - age,
        expires_in=QUARTER,
    )


async def put_object(storage: Storage) -> None:
    upload = signed_put(storage)
    assert (await storage.send("PUT", upload.url, headers=upload.headers, body=BODY)).status == 200


def tampered(url: str, old: str, new: str) -> str:
    assert url.count(old) == 1
    return url.replace(old, new)


async def test_a_client_puts_exactly_what_was_signed(storage: Storage) -> None:
    upload = signed_put(storage)

    answer = await storage.send("PUT", upload.url, headers=upload.headers, body=BODY)

    stored = await storage.objects.head(storage.key())
    assert answer.status == 200
    assert stored is not None
    assert answer.headers["etag"] == f'"{stored.etag}"'
    assert (stored.size, stored.content_type) == (len(BODY), "image/jpeg")
    assert stored.checksum == Checksum(sha256(BODY).digest())


async def test_other_bytes_of_the_same_length_are_refused(storage: Storage) -> None:
    upload = signed_put(storage)

    answer = await storage.send("PUT", upload.url, headers=upload.headers, body=BODY.upper())

    assert answer.status == 400
    assert await storage.objects.head(storage.key()) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"content-length": str(len(BODY) + 1)},
        {"content-type": "text/html"},
        {"x-amz-checksum-sha256": Checksum(sha256(b"longer" + BODY).digest()).base64},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_another_length_type_or_checksum_is_refused(storage: Storage, changed: dict[str, str]) -> None:
    upload = signed_put(storage)
    body = BODY if "content-type" in changed else BODY + b"!"

    answer = await storage.send("PUT", upload.url, headers={**upload.headers, **changed}, body=body)

    assert answer.status in {400, 403}
    assert await storage.objects.head(storage.key()) is None


async def test_a_put_without_the_signed_headers_is_refused(storage: Storage) -> None:
    upload = signed_put(storage)

    assert (await storage.send("PUT", upload.url, body=BODY)).status == 403
    assert await storage.objects.head(storage.key()) is None


async def test_an_expired_url_is_refused(storage: Storage) -> None:
    await put_object(storage)
    upload = signed_put(storage, age=QUARTER + timedelta(seconds=5))
    url = storage.signer.get(storage.key(), now=storage.now - timedelta(hours=2), expires_in=QUARTER)

    assert (await storage.send("PUT", upload.url, headers=upload.headers, body=BODY)).status == 403
    assert (await storage.send("GET", url)).status == 403


async def test_a_url_holds_for_its_key_and_method_alone(storage: Storage) -> None:
    await put_object(storage)
    upload = signed_put(storage)
    url = storage.signer.get(storage.key("other"), now=storage.now, expires_in=QUARTER)

    elsewhere = tampered(upload.url, storage.key(), storage.key("elsewhere"))
    assert (await storage.send("PUT", elsewhere, headers=upload.headers, body=BODY)).status == 403
    assert (await storage.send("GET", tampered(url, storage.key("other"), storage.key()))).status == 403
    assert (await storage.send("GET", upload.url)).status == 403
    assert (await storage.send("PUT", url, body=BODY)).status == 403
    assert await storage.objects.head(storage.key("elsewhere")) is None


async def test_a_longer_lifetime_or_another_name_cannot_be_forged(storage: Storage) -> None:
    await put_object(storage)
    url = storage.signer.get(storage.key(), now=storage.now, expires_in=QUARTER, download_as="photo.jpg")

    assert (await storage.send("GET", url)).status == 200
    assert (await storage.send("GET", tampered(url, "photo.jpg", "virus.exe"))).status == 403
    assert (await storage.send("GET", url[:-1] + ("0" if url[-1] != "0" else "1"))).status == 403


async def test_a_download_is_an_attachment_by_name(storage: Storage) -> None:
    await put_object(storage)
    plain = storage.signer.get(storage.key(), now=storage.now, expires_in=QUARTER)
    named = storage.signer.get(storage.key(), now=storage.now, expires_in=QUARTER, download_as="photo.jpg")

    opened = await storage.send("GET", plain)
    saved = await storage.send("GET", named)

    assert opened.body == saved.body == BODY
    assert opened.headers["content-type"] == "image/jpeg"
    assert "content-disposition" not in opened.headers
    assert saved.headers["content-disposition"] == 'attachment; filename="photo.jpg"'


async def test_a_client_uploads_in_parts(storage: Storage, tmp_path: Path) -> None:
    upload_id = await storage.uploads.begin(storage.key(), content_type="video/mp4")
    bodies = [b"1" * 5 * 1024 * 1024, b"end"]
    for number, body in enumerate(bodies, start=1):
        part = storage.signer.part(
            storage.key(),
            upload_id=upload_id,
            number=number,
            size=len(body),
            now=storage.now,
            expires_in=QUARTER,
        )
        longer = await storage.send("PUT", part.url, headers={}, body=body + b"!")
        assert longer.status == 403
        answer = await storage.send("PUT", part.url, headers=part.headers, body=body)
        assert answer.status == 200

    parts = await storage.uploads.parts(storage.key(), upload_id=upload_id)
    stored = await storage.uploads.complete(storage.key(), upload_id=upload_id, parts=parts)

    assert [part.size for part in parts] == [len(body) for body in bodies]
    assert answer.headers["etag"] == f'"{parts[-1].etag}"'
    assert stored is not None
    await storage.objects.download(storage.key(), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"".join(bodies)
