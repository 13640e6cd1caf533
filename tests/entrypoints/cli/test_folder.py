"""Which files of a folder go, as what, and under which names."""

from pathlib import Path

import pytest

from domain.batches.limits import UploadLimits
from domain.batches.media_type import MediaCategory
from entrypoints.cli.errors import CommandFailed
from entrypoints.cli.folder import default_reference, find_media
from entrypoints.cli.hashing import LocalFile, hash_media
from entrypoints.cli.progress import open_meter
from entrypoints.cli.terminal import notices
from tests import media
from tests.entrypoints.cli.folders import folder_of


async def select(folder: Path) -> list[LocalFile]:
    candidates = await find_media(folder, project=False, limits=UploadLimits())
    with open_meter(notices(), "hashing", total=candidates.total_bytes) as meter:
        return await hash_media(candidates, meter)


async def only(folder: Path) -> LocalFile:
    (file,) = await select(folder)
    return file


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_a_photo_is_as_it_stands_upright(tmp_path: Path, orientation: int) -> None:
    tall = folder_of(tmp_path / "tall", a_jpg=media.jpeg(200, 300, orientation=orientation))
    wide = folder_of(tmp_path / "wide", a_jpg=media.jpeg(300, 200, orientation=orientation))
    assert (await only(tall)).media_type == "PHOTO_VERTICAL"
    assert (await only(wide)).media_type == "PHOTO_HORIZONTAL"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (media.heic(200, 300), "image/heic"),
        (media.avif(200, 300), "image/avif"),
        (media.webp(200, 300), "image/webp"),
        (media.png(200, 300), "image/png"),
    ],
)
async def test_the_bytes_decide_and_not_the_name(tmp_path: Path, data: bytes, content_type: str) -> None:
    file = await only(folder_of(tmp_path / "misnamed", a_jpg=data))
    assert (file.content_type, file.media_type) == (content_type, "PHOTO_VERTICAL")


async def test_a_turned_video_is_vertical(tmp_path: Path) -> None:
    file = await only(folder_of(tmp_path / "clip", a_mov=media.video(rotation=90, container="mov")))
    assert (file.content_type, file.media_type) == ("video/quicktime", "VIDEO_VERTICAL")


async def test_what_is_left_out_has_a_reason_and_hidden_files_have_none(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "mixed",
        a_jpg=media.jpeg(),
        b_txt=media.text(),
        c_svg=media.svg(),
        d_pdf=media.pdf(),
        e_jpg=b"",
        f_jpg=b"\xff\xd8\xff\xe0 and nothing more",
    )
    (folder / ".DS_Store").write_bytes(b"Finder")
    found = await find_media(folder, project=False, limits=UploadLimits())
    assert [file.path.name for file in found.files] == ["a.jpg"]
    assert {skip.path.name: skip.reason for skip in found.skipped} == {
        "b.txt": "is no photo and no video",
        "c.svg": "is image/svg+xml, which is not accepted",
        "d.pdf": "is a document: those go with --project",
        "e.jpg": "is empty",
        "f.jpg": "cannot be read as a picture",
    }


async def test_files_above_the_limit_are_left_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "sizes", small_jpg=media.jpeg(), large_jpg=media.photo(1200, 900))
    limits = UploadLimits(max_bytes=dict.fromkeys(MediaCategory, 50000))
    found = await find_media(folder, project=False, limits=limits)
    assert [file.path.name for file in found.files] == ["small.jpg"]
    assert "and 50.0 kB is the limit" in found.skipped[0].reason


async def test_too_many_files_are_refused_and_not_cut_off(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "many", a_jpg=media.jpeg(), b_jpg=media.jpeg(), c_jpg=media.jpeg())
    with pytest.raises(CommandFailed, match="holds 3 files; one batch takes 2"):
        await find_media(folder, project=False, limits=UploadLimits(max_files=2))


async def test_order_is_that_of_people_and_sequences_count_within_a_type(tmp_path: Path) -> None:
    tall, wide = media.jpeg(200, 300), media.jpeg(300, 200)
    folder = folder_of(tmp_path / "order", img10_jpg=wide, img2_jpg=wide, img3_jpg=tall)
    files = await select(folder)
    assert [(file.name, file.media_type, file.sequence) for file in files] == [
        ("img2.jpg", "PHOTO_HORIZONTAL", 1),
        ("img3.jpg", "PHOTO_VERTICAL", 1),
        ("img10.jpg", "PHOTO_HORIZONTAL", 2),
    ]


async def test_client_ids_follow_bytes_and_place(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "twins", a_jpg=media.jpeg(), b_jpg=media.jpeg())
    folder_of(folder / "deeper", a_jpg=media.jpeg())
    before = {file.path: file.client_id for file in await select(folder)}
    assert len(set(before.values())) == 3
    assert {file.path: file.client_id for file in await select(folder)} == before
    (folder / "a.jpg").write_bytes(media.jpeg(100, 100))
    after = {file.path: file.client_id for file in await select(folder)}
    assert {path for path in before if before[path] != after[path]} == {folder / "a.jpg"}


async def test_a_file_that_changes_after_hashing_is_noticed(tmp_path: Path) -> None:
    file = await only(folder_of(tmp_path / "live", a_jpg=media.jpeg()))
    file.require_unchanged()
    file.path.write_bytes(media.jpeg(100, 100))
    with pytest.raises(CommandFailed, match="changed while it was being delivered"):
        file.require_unchanged()


def test_the_reference_is_the_name_of_the_folder(tmp_path: Path) -> None:
    assert default_reference(tmp_path / "house" / "..") == tmp_path.name
    assert default_reference(Path("/")) == "delivery"
