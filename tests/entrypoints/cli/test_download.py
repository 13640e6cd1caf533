import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from entrypoints.cli.fetching import Offered, Wanted
from tests import media
from tests.entrypoints.cli.conftest import program_for
from tests.entrypoints.cli.folders import folder_of
from tests.entrypoints.cli.program import Program
from tests.system.vitrine_process import VitrineProcess

PHOTO = media.photo(2000, 1500)


@pytest.fixture(scope="module")
async def delivered(cli_vitrine: VitrineProcess, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A listing with a READY batch: a photo and a video."""
    at = tmp_path_factory.mktemp("delivered")
    program = program_for(cli_vitrine, at)
    folder = folder_of(at / "house", front_jpg=PHOTO, walk_mp4=media.video(1280, 720, seconds=1.0))
    listing = await program.new_listing()
    outcome = await program.run("upload", folder, "--listing", listing)
    assert outcome.code == 0, outcome.notices
    return listing


async def test_everything_is_saved_by_type_and_complete_files_stay(
    program: Program, delivered: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first = await program.run("download", out, "--listing", delivered)
    assert first.code == 0, first.notices
    photos, videos = out / "photo-horizontal", out / "video-horizontal"
    assert (photos / "001-front.jpg").read_bytes() == PHOTO
    assert {path.name for path in photos.iterdir()} == {
        "001-front.jpg",
        *(f"001-front.{name}.jpg" for name in ("thumbnail", "small", "medium", "large")),
    }
    assert (videos / "001-walk.mp4-720p.mp4").stat().st_size > 1000
    with Image.open(photos / "001-front.large.jpg") as large:
        assert large.width == 1200
    modified = (photos / "001-front.jpg").stat().st_mtime_ns
    (photos / "001-front.small.jpg").unlink()

    second = await program.run("download", out, "--listing", delivered)

    assert second.code == 0, second.notices
    assert (photos / "001-front.jpg").stat().st_mtime_ns == modified
    assert (photos / "001-front.small.jpg").exists()
    assert not list(out.rglob("*.part"))


async def test_an_interrupted_download_goes_on_where_it_stopped(
    program: Program, delivered: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    await program.run("download", out, "--listing", delivered, "--renditions", "original")
    whole = out / "photo-horizontal" / "001-front.jpg"
    whole.unlink()
    # What an interruption leaves: a draft, named after the version that it belongs to.
    etag = f'"{hashlib.md5(PHOTO, usedforsecurity=False).hexdigest()}"'
    draft = Offered(wanted=Wanted(url="", path=whole), size=len(PHOTO), etag=etag).draft
    draft.write_bytes(PHOTO[:100_000])

    resumed = await program.run("download", out, "--listing", delivered, "--renditions", "original")

    assert resumed.code == 0, resumed.notices
    assert whole.read_bytes() == PHOTO
    assert not draft.exists()


async def test_renditions_narrow_and_zip_is_one_file(program: Program, delivered: str, tmp_path: Path) -> None:
    narrow, zipped = tmp_path / "narrow", tmp_path / "zipped"
    assert (await program.run("download", narrow, "--listing", delivered, "--renditions", "thumbnail")).code == 0
    assert {path.name for path in narrow.rglob("*.*")} == {"001-front.thumbnail.jpg", "001-walk.thumbnail.jpg"}

    assert (await program.run("download", zipped, "--listing", delivered, "--zip")).code == 0
    (archive,) = zipped.iterdir()
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as opened:
        assert opened.testzip() is None
        assert len(opened.namelist()) == 2


async def test_unknown_renditions_and_missing_batches_are_told(
    program: Program, delivered: str, tmp_path: Path
) -> None:
    unknown = await program.run("download", tmp_path / "out", "--listing", delivered, "--renditions", "gigantic")
    playlist = await program.run("download", tmp_path / "out", "--listing", delivered, "--renditions", "hls")
    nothing = await program.run("download", tmp_path / "out", "--listing", await program.new_listing())
    assert {unknown.code, playlist.code, nothing.code} == {1}
    assert "/renditions/0" in unknown.notices
    assert "playlist" in playlist.notices
    assert "no READY batch" in nothing.notices
