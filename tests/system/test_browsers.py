"""What a browser asks before it lets a page of the marketplace talk to us."""

import httpx
import pytest

from tests.system.answers import told
from tests.system.caller import CALLBACKS, DOWNLOADS, UPLOADS
from tests.system.delivery import announced, processed
from tests.system.files import photos, video
from tests.system.marketplace import Marketplace

PAGE = "https://marketplace.example"


async def preflight(web: httpx.AsyncClient, url: str, method: str, *headers: str) -> httpx.Headers:
    asking = {
        "Origin": PAGE,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ",".join(headers),
    }
    answer = await web.options(url, headers=asking)
    assert answer.is_success, told(answer)
    assert answer.headers["access-control-allow-origin"] in {"*", PAGE}, told(answer)
    return answer.headers


def listed(header: str) -> set[str]:
    return {name.strip().lower() for name in header.split(",")}


@pytest.mark.parametrize(("path", "method"), [(UPLOADS, "POST"), (DOWNLOADS, "POST"), (UPLOADS + "/x", "DELETE")])
async def test_the_api_may_be_called_from_pages(marketplace: Marketplace, path: str, method: str) -> None:
    headers = await preflight(marketplace.http, path, method, "authorization", "content-type")

    assert method.lower() in listed(headers["access-control-allow-methods"])
    assert {"authorization", "content-type"} <= listed(headers["access-control-allow-headers"])


async def test_a_page_reads_the_answer(marketplace: Marketplace) -> None:
    answer = await marketplace.http.post(CALLBACKS, json={}, headers={"Origin": PAGE})

    assert answer.headers["access-control-allow-origin"] in {"*", PAGE}, "errors must be readable as well"


async def test_a_page_puts_a_file_into_the_bucket(marketplace: Marketplace) -> None:
    delivery = await announced(marketplace, photos(1))
    ticket = delivery.tickets["photo-1"]
    sent_by_pages = [name for name in ticket["headers"] if name.lower() != "content-length"]

    headers = await preflight(marketplace.web, ticket["uploadUrl"], "PUT", *sent_by_pages)
    assert "put" in listed(headers["access-control-allow-methods"])

    with_origin = ticket | {"headers": ticket["headers"] | {"Origin": PAGE}}
    answer = await delivery.put(delivery.files[0], ticket=with_origin)
    assert answer.is_success, told(answer)
    assert answer.headers["access-control-allow-origin"] in {"*", PAGE}
    assert "etag" in listed(answer.headers["access-control-expose-headers"]), "`complete` needs it"


async def test_a_player_in_a_page_jumps_within_a_video(marketplace: Marketplace) -> None:
    delivery = await processed(marketplace, [video()])
    (item,) = (await delivery.downloads())["VIDEO_HORIZONTAL"]["items"]

    await preflight(marketplace.web, item["mp4"]["720p"], "GET", "range")
    playlist = await marketplace.web.get(item["hls"], headers={"Origin": PAGE})
    part = await marketplace.web.get(item["mp4"]["720p"], headers={"Origin": PAGE, "Range": "bytes=0-99"})

    assert playlist.headers["access-control-allow-origin"] in {"*", PAGE}
    assert part.status_code == httpx.codes.PARTIAL_CONTENT, told(part)
    assert part.headers["access-control-allow-origin"] in {"*", PAGE}
