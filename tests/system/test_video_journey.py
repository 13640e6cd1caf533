"""Videos, played as a browser would play them: through signed links alone."""

import re
from pathlib import Path

import av
import httpx
import pytest
from PIL import Image, ImageStat

from tests import media
from tests.adapters.video.watching import play
from tests.system.answers import told
from tests.system.caller import Json
from tests.system.delivery import Delivery, processed
from tests.system.files import video
from tests.system.marketplace import Marketplace

SECONDS = 2.0
FILM = video("film", media.video(640, 360, seconds=SECONDS, rotation=90), media_type="VIDEO_VERTICAL", title="Tour")
UPRIGHT = (360, 640)


@pytest.fixture(scope="module")
async def delivery(marketplace: Marketplace) -> Delivery:
    return await processed(marketplace, [FILM])


@pytest.fixture(scope="module")
async def item(delivery: Delivery) -> Json:
    downloads = await delivery.downloads()
    (item,) = downloads["VIDEO_VERTICAL"]["items"]
    return dict(item)


async def text_of(web: httpx.AsyncClient, url: str) -> str:
    answer = await web.get(url)
    assert answer.status_code == httpx.codes.OK, told(answer)
    assert answer.headers["content-type"].startswith("application/vnd.apple.mpegurl"), "what players ask for"
    return answer.text


def uris(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


async def range_of(web: httpx.AsyncClient, url: str, length: int, offset: int) -> bytes:
    answer = await web.get(url, headers={"Range": f"bytes={offset}-{offset + length - 1}"})
    assert answer.status_code == httpx.codes.PARTIAL_CONTENT, told(answer)
    assert len(answer.content) == length
    return answer.content


async def test_the_mp4_plays_upright_and_says_nothing_of_places(delivery: Delivery, item: Json, tmp_path: Path) -> None:
    assert item["title"] == "Tour"
    assert (item["width"], item["height"]) == UPRIGHT
    assert item["durationSeconds"] == pytest.approx(SECONDS, abs=0.2)
    assert set(item["mp4"]) == {"720p"}, "a small video is not enlarged to 1080p"
    answer = await delivery.web.get(item["mp4"]["720p"])
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content.index(b"moov") < answer.content.index(b"mdat"), "playable before it has arrived in full"
    path = tmp_path / "film.mp4"
    path.write_bytes(answer.content)

    played = play(path)

    assert (played.width, played.height, played.turned) == (*UPRIGHT, 0)
    assert played.frames == pytest.approx(30 * SECONDS, abs=2)
    assert played.codecs == ("h264", "aac")
    assert "52.52" not in played.metadata
    assert b"+52.5200" not in answer.content


async def test_hls_from_master_to_bytes(delivery: Delivery, item: Json, tmp_path: Path) -> None:
    master = await text_of(delivery.web, item["hls"])
    (variant_url,) = uris(master)
    variant = await text_of(delivery.web, variant_url)

    begins = re.search(r'#EXT-X-MAP:URI="([^"]+)",BYTERANGE="(\d+)@(\d+)"', variant)
    assert begins, variant
    url, length, offset = begins[1], int(begins[2]), int(begins[3])
    body = await range_of(delivery.web, url, length, offset)
    fragments = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)", variant)
    assert fragments, variant
    for length_text, offset_text, fragment_url in fragments:
        body += await range_of(delivery.web, fragment_url, int(length_text), int(offset_text))
    path = tmp_path / "fragments.mp4"
    path.write_bytes(body)

    played = play(path)

    assert (played.width, played.height) == UPRIGHT
    assert played.frames == pytest.approx(30 * SECONDS, abs=2)


async def test_a_player_needs_the_master_link_and_nothing_else(item: Json) -> None:
    options = {"extension_picky": "0", "allowed_extensions": "ALL"}
    with av.open(item["hls"], format="hls", options=options, timeout=20) as container:
        frames = sum(1 for _ in container.decode(video=0))

    assert frames == pytest.approx(30 * SECONDS, abs=2)


async def test_a_link_that_somebody_changed_is_refused(delivery: Delivery, item: Json) -> None:
    for changed in (
        re.sub(r"expires=(\d+)", lambda found: f"expires={int(found[1]) + 9999}", item["hls"]),
        re.sub(r"signature=.", lambda found: "signature=" + ("B" if found[0].endswith("A") else "A"), item["hls"]),
    ):
        assert changed != item["hls"]
        answer = await delivery.web.get(changed)
        assert answer.status_code == httpx.codes.FORBIDDEN, told(answer)


async def test_the_poster_comes_in_the_sizes_of_a_picture(delivery: Delivery, item: Json, tmp_path: Path) -> None:
    widths = {}
    for name in ("thumbnail", "small", "medium", "large"):
        answer = await delivery.web.get(item["renditions"][name])
        path = tmp_path / name
        path.write_bytes(answer.content)
        with Image.open(path) as image:
            widths[name] = image.width
            assert image.height > image.width, "upright"
            assert ImageStat.Stat(image.convert("L")).stddev[0] > 20, "a picture, not one colour"

    assert widths == {"thumbnail": 200, "small": 360, "medium": 360, "large": 360}
