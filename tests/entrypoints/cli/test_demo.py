"""`vitrine demo`, which is what `make demo` runs."""

import zipfile
from pathlib import Path
from tempfile import gettempdir

from PIL import Image

from tests import media
from tests.entrypoints.cli.folders import folder_of
from tests.entrypoints.cli.program import Program


async def test_the_demo_saves_what_it_made_and_a_contact_sheet(tmp_path: Path) -> None:
    before = _scratch_folders()
    outcome = await Program(tmp_path, port="1", database_url="postgresql://nowhere/x").run_apart("demo", "--out", "out")

    assert outcome.code == 0, outcome.output + outcome.notices
    out = tmp_path / "out"
    with Image.open(out / "contact-sheet.jpg") as sheet:
        assert sheet.width > 1000
    assert {path.name for path in out.iterdir()} == {
        *("contact-sheet.jpg", "property", "property.zip", "development", "development.zip")
    }
    assert list((out / "property" / "video-horizontal").glob("*.mp4-720p.mp4"))
    with zipfile.ZipFile(out / "development.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 2
    with Image.open(next((out / "property" / "photo-vertical").glob("*tower.large.jpg"))) as upright:
        assert upright.height > upright.width
    assert outcome.output.count("is READY") == 2
    assert "\x1b" not in outcome.output
    assert _scratch_folders() == before


async def test_a_bad_file_of_ones_own_is_named_and_ends_in_exit_code_1(tmp_path: Path) -> None:
    photos = folder_of(tmp_path / "mine", good_jpg=media.jpeg(), torn_jpg=media.truncated(media.photo(1200, 900)))
    outcome = await Program(tmp_path).run_apart("demo", "--photos", photos, "--out", "out")
    assert outcome.code == 1
    assert "UNREADABLE_MEDIA" in outcome.output
    assert "Not every file could be processed" in outcome.notices
    assert (tmp_path / "out" / "contact-sheet.jpg").exists()


async def test_a_folder_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    outcome = await Program(tmp_path).run("demo", "--photos", "nowhere")
    assert outcome.code == 1
    assert "nowhere is not a folder" in outcome.notices


def _scratch_folders() -> set[Path]:
    return set(Path(gettempdir()).glob("vitrine-demo-*"))
