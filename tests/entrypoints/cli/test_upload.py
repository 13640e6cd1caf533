from pathlib import Path
from uuid import uuid4

import msgspec

from tests import media
from tests.entrypoints.cli.folders import folder_of, house
from tests.entrypoints.cli.program import Program, uuids


async def test_a_folder_is_delivered_processed_and_listed(program: Program, tmp_path: Path) -> None:
    folder = house(tmp_path / "house")
    (folder / "notes.txt").write_text("bring the keys")
    listing = await program.new_listing()

    delivered = await program.run("upload", folder, "--listing", listing)

    assert delivered.code == 0, delivered.notices
    assert "skipped notes.txt: is no photo and no video" in delivered.notices
    rows = {line.split()[0]: line for line in delivered.output.splitlines() if line.strip()}
    assert "PHOTO_HORIZONTAL" in rows["front.jpg"]
    assert "PHOTO_VERTICAL" in rows["tower.jpg"]
    assert "VIDEO_HORIZONTAL" in rows["walk.mp4"]
    assert all("PROCESSED" in rows[name] for name in ("front.jpg", "tower.jpg", "walk.mp4"))
    assert "thumbnail, small, medium, large" in rows["front.jpg"]
    assert "is READY" in delivered.output


async def test_into_a_pipe_progress_is_plain_lines(program: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "one", a_jpg=media.jpeg())
    delivered = await program.run("upload", folder, "--listing", await program.new_listing())
    assert "\x1b" not in delivered.notices + delivered.output
    assert "\r" not in delivered.notices
    assert "uploading: " in delivered.notices
    assert "finalize: 100%" in delivered.notices


async def test_documents_and_renders_go_with_project(program: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "plans", plan_pdf=media.pdf(), view_jpg=media.jpeg(), walk_mp4=media.video())
    listing = await program.new_listing("DEVELOPMENT")

    delivered = await program.run("upload", folder, "--listing", listing, "--project")

    assert delivered.code == 0, delivered.notices
    assert "skipped walk.mp4: is a video" in delivered.notices
    assert "PROJECT_DOC" in delivered.output
    assert "PROJECT_RENDER" in delivered.output


async def test_a_broken_file_ends_in_exit_code_1_and_names_its_reason(program: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "mixed", good_jpg=media.jpeg(), torn_jpg=media.truncated(media.photo(1200, 900)))

    delivered = await program.run("upload", folder, "--listing", await program.new_listing())

    assert delivered.code == 1
    rows = {line.split()[0]: line for line in delivered.output.splitlines() if line.strip()}
    assert "PROCESSED" in rows["good.jpg"]
    assert "UNREADABLE_MEDIA" in rows["torn.jpg"]
    assert "is FAILED" in delivered.output


async def test_mistakes_are_told_in_sentences(program: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "one", a_jpg=media.jpeg())
    (tmp_path / "nothing").mkdir()
    listing = await program.new_listing()

    unknown = await program.run("upload", folder, "--listing", uuid4().hex)
    empty = await program.run("upload", tmp_path / "nothing", "--listing", listing)
    missing = await program.run("upload", tmp_path / "nowhere", "--listing", listing)
    stale = await program.run("upload", folder, "--listing", listing, "--token", "stale")
    misdirected = await program.run("status", "--listing", listing, "--api", "http://127.0.0.1:9")

    assert {outcome.code for outcome in (unknown, empty, missing, stale, misdirected)} == {1}
    assert "`vitrine listing` makes one" in unknown.notices
    assert "is empty" in empty.notices
    assert "is not a folder" in missing.notices
    assert "`vitrine token` prints a new token" in stale.notices
    assert "is `make run` running?" in misdirected.notices
    assert "Traceback" not in "".join(outcome.notices for outcome in (unknown, empty, missing, stale, misdirected))


async def test_a_token_opens_the_api_from_anywhere(program: Program, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "one", a_jpg=media.jpeg())
    listing = await program.new_listing()
    token = (await program.run("token", "--role", "photographer")).output.strip()
    photographer = await program.run("upload", folder, "--listing", listing, "--token", token)
    assert photographer.code == 0, photographer.notices

    stranger = (await program.run("token", "--role", "owner", "--user", str(uuid4()))).output.strip()
    refused = await program.run("status", "--listing", listing, "--token", stranger)
    assert refused.code == 1
    assert "only the listing's owner" in refused.notices.lower()


async def test_status_shows_batches_and_one_batch_and_json(program: Program, tmp_path: Path) -> None:
    folder = house(tmp_path / "house")
    listing = await program.new_listing()
    assert "no batch yet" in (await program.run("status", "--listing", listing)).output
    await program.run("upload", folder, "--listing", listing, "--reference", "morning shoot")

    batches = await program.run("status", "--listing", listing)
    batch = uuids(batches.output)[0]
    one = await program.run("status", "--listing", listing, "--batch", batch)
    watched = await program.run("status", "--listing", listing, "--watch")
    plain = await program.run("status", "--listing", listing, "--batch", batch, "--json")

    assert "morning shoot" in batches.output
    assert "READY" in batches.output
    assert "transcode" in one.output
    assert "walk.mp4" in one.output
    assert batch in watched.output
    answer = msgspec.json.decode(plain.output)
    assert answer["batch"]["batchId"] == batch
    assert len(answer["assets"]) == 3
