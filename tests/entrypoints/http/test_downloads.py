"""Signed URLs of what a batch has to offer, and playlists."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.assets.failure import FailureCode, MediaRejected
from tests.application.uploads import photo, photos, video
from tests.builders import IDS
from tests.entrypoints.http.api import DOWNLOADS, LISTINGS, Api
from tests.entrypoints.http.problems import refused, violations


async def spoil(body: bytes) -> None:
    if body.endswith(b"two"):
        raise MediaRejected(FailureCode.UNREADABLE_MEDIA, "it ends in the middle")


async def test_downloads_of_photos(api: Api) -> None:
    files = [photo("second", sequence=2), photo("first", sequence=1).saying(title="Kitchen")]
    batch_id = await api.processed(files)

    answer = await api.post(DOWNLOADS, api.named(batch_id))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"batchId", "generatedAt", "ttlSeconds", "downloads"}
    assert body["ttlSeconds"] == 3600
    archive, group = body["downloads"]
    assert set(archive) == {"type", "url", "bytes", "extractedBytes", "expiresAt"}
    assert archive["type"] == "ZIP_FULL"
    assert archive["expiresAt"] == "2025-05-04T13:30:15.123456Z"
    assert archive["extractedBytes"] == sum(len(file.body) for file in files)
    assert len(api.http.send("GET", archive["url"]).body) == archive["bytes"]
    assert set(group) == {"type", "items"}
    assert group["type"] == "PHOTO_VERTICAL"
    assert [item["sequence"] for item in group["items"]] == [1, 2]
    first, second = group["items"]
    assert (first["title"], first["label"]) == ("Kitchen", "Kitchen")
    assert (second["title"], second["label"]) == (None, "second.bin")
    assert (first["width"], first["height"]) == (40, 30)
    assert set(first["renditions"]) == {"thumbnail", "small", "medium", "large", "original"}
    assert first["preview"] == first["renditions"]["medium"]
    assert api.http.send("GET", first["url"]).body == files[1].body
    assert "error" not in first
    assert not {"mp4", "hls"} & set(first)


async def test_downloads_of_videos(api: Api) -> None:
    await api.processed([video()])

    body = (await api.post(DOWNLOADS, {"listingId": str(api.listing.id)})).json()

    [item] = body["downloads"][1]["items"]
    assert set(item["mp4"]) == {"720p"}
    assert item["url"] == item["mp4"]["720p"]
    assert item["hls"].startswith(f"https://vitrine.example{LISTINGS}/media/hls/{item['assetId']}/hls?expires=")
    assert set(item["renditions"]) == {"thumbnail", "small", "medium", "large", "original"}


async def test_a_file_that_cannot_be_served_says_why(api: Api) -> None:
    api.processor.before = spoil
    batch_id = await api.processed(photos("one", "two"))

    body = (await api.post(DOWNLOADS, api.named(batch_id))).json()

    one, two = body["downloads"][1]["items"]
    assert one["url"]
    assert two["error"] == {"code": "UNREADABLE_MEDIA", "detail": "it ends in the middle"}
    assert set(two) == {"assetId", "title", "sequence", "label", "error"}


async def test_only_the_renditions_that_are_asked_for_are_signed(api: Api) -> None:
    batch_id = await api.processed([video()])

    body = (await api.post(DOWNLOADS, {**api.named(batch_id), "renditions": ["small", "hls"]})).json()

    [item] = body["downloads"][1]["items"]
    assert set(item["renditions"]) == {"small"}
    assert item["hls"]
    assert "mp4" not in item


async def test_renditions_that_do_not_exist_are_named(api: Api) -> None:
    body = {"listingId": str(api.listing.id), "renditions": ["huge", "small", "tiny"]}

    assert violations(await api.post(DOWNLOADS, body)) == {
        ("/renditions/0", "UNKNOWN_RENDITION"),
        ("/renditions/2", "UNKNOWN_RENDITION"),
    }


async def test_there_may_be_nothing_to_download_yet(api: Api) -> None:
    batch_id = await api.receive()

    nothing = await api.post(DOWNLOADS, {"listingId": str(api.listing.id)})

    assert nothing.status_code == 204
    assert nothing.content == b""
    refused(await api.post(DOWNLOADS, api.named(batch_id)), 409, "BATCH_NOT_READY")


async def test_a_player_follows_a_playlist_without_a_token(api: Api) -> None:
    await api.processed([video()])
    body = (await api.post(DOWNLOADS, {"listingId": str(api.listing.id)})).json()

    master = await api.client.get(body["downloads"][1]["items"][0]["hls"])
    inner = await api.client.get(master.text.splitlines()[-1])

    for playlist in (master, inner):
        assert playlist.status_code == 200
        assert playlist.headers["content-type"] == "application/vnd.apple.mpegurl"
        assert "private" in playlist.headers["cache-control"]
        assert playlist.text.startswith("#EXTM3U\n")
    assert api.http.send("GET", inner.text.splitlines()[-1]).body == video().body


async def test_a_link_dies_with_its_time(api: Api) -> None:
    await api.processed([video()])
    body = (await api.post(DOWNLOADS, {"listingId": str(api.listing.id)})).json()
    link = body["downloads"][1]["items"][0]["hls"]
    api.clock.advance(timedelta(hours=1))

    refused(await api.client.get(link), 403, "LINK_REFUSED")


async def test_a_link_opens_what_it_was_made_for_and_nothing_else(api: Api) -> None:
    await api.processed([video()])
    body = (await api.post(DOWNLOADS, {"listingId": str(api.listing.id)})).json()
    link = body["downloads"][1]["items"][0]["hls"]
    expires = parse_qs(urlsplit(link).query)["expires"][0]

    for forged in (
        link.replace("/hls?", "/hls-720p?"),
        link.replace(f"expires={expires}", f"expires={int(expires) + 1}"),
        link[:-1] + ("A" if link[-1] != "A" else "B"),
        link.replace(body["downloads"][1]["items"][0]["assetId"], str(IDS.new())),
    ):
        refused(await api.client.get(forged), 403, "LINK_REFUSED")


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("", {("/expires", "MISSING_FIELD"), ("/signature", "MISSING_FIELD")}),
        ("?expires=soon&signature=x", {("/expires", "WRONG_TYPE")}),
        (f"?expires={'9' * 40}&signature={'x' * 101}", {("/expires", "RANGE"), ("/signature", "LENGTH")}),
    ],
)
async def test_half_a_link_is_refused(api: Api, query: str, wrong: set[tuple[str, str]]) -> None:
    answer = await api.client.get(f"{LISTINGS}/media/hls/{IDS.new()}/hls{query}")

    assert violations(answer) == wrong


async def test_a_link_to_a_file_that_is_gone(api: Api) -> None:
    link = api.links.sign(IDS.new(), "hls", expires_at=api.now + timedelta(minutes=1))

    refused(await api.client.get(link), 404, "ASSET_NOT_FOUND")
