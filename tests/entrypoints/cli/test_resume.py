"""What an interrupted delivery does when it is run again."""

import asyncio
import signal
from pathlib import Path

from tests import media
from tests.entrypoints.cli.conftest import URL_LIFETIME
from tests.entrypoints.cli.folders import folder_of, large_png
from tests.entrypoints.cli.program import Program
from tests.entrypoints.cli.store_gate import StoreGate
from tests.system.waiting import eventually

_PARTS = [1, 2, 3, 4]
"""Of a picture of 20 MB in parts of 5 MiB."""


async def test_parts_that_arrived_before_a_kill_are_not_sent_again(
    program: Program, gate: StoreGate, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "shoot", small_jpg=media.jpeg(), large_png=large_png())
    listing = await program.new_listing()
    gate.shut_after(answers=3)
    first = program.start("upload", folder, "--listing", listing)
    await asyncio.wait_for(gate.shut.wait(), timeout=60)
    first.kill()
    await asyncio.to_thread(first.communicate, timeout=10)
    sent_before = set(gate.sent_parts)
    assert sent_before
    gate.forget()
    gate.open()

    second = await program.run("upload", folder, "--listing", listing)

    assert second.code == 0, second.notices
    assert "had arrived before" in second.notices
    assert sorted(gate.sent_parts) == sorted(set(gate.sent_parts)), "a part went twice in one run"
    # Of the three answers that passed, one may be that of the small photo.
    assert gate.puts <= len(_PARTS) + 1 - 3
    assert set(gate.sent_parts) | sent_before == set(_PARTS)
    assert "READY" in second.output


async def test_urls_that_expire_on_the_way_are_replaced(program: Program, gate: StoreGate, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "slow", a_jpg=media.jpeg(300, 200), b_jpg=media.jpeg(200, 300))
    listing = await program.new_listing()
    gate.shut_after(answers=0)
    upload = program.start("upload", folder, "--listing", listing)
    try:
        await _batch_of(program, listing)
        await asyncio.sleep(URL_LIFETIME + 1)  # the URLs are as old as the batch
        gate.open()
        output, notices = await asyncio.to_thread(upload.communicate, timeout=60)
    finally:
        if upload.poll() is None:
            upload.kill()
    assert upload.returncode == 0, notices
    assert gate.puts > 2, "nothing had expired"
    assert "READY" in output


async def test_ctrl_c_says_how_to_go_on(program: Program, gate: StoreGate, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "stopped", a_jpg=media.jpeg())
    listing = await program.new_listing()
    gate.shut_after(answers=0)
    upload = program.start("upload", folder, "--listing", listing)
    try:
        await _batch_of(program, listing)
        upload.send_signal(signal.SIGINT)
        _, notices = await asyncio.to_thread(upload.communicate, timeout=20)
    finally:
        if upload.poll() is None:
            upload.kill()
    assert upload.returncode == 130
    assert "Run the same command again" in notices
    assert "Traceback" not in notices


async def test_a_delivery_that_is_complete_is_only_looked_at(program: Program, gate: StoreGate, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "done", a_jpg=media.jpeg())
    listing = await program.new_listing()
    assert (await program.run("upload", folder, "--listing", listing)).code == 0
    gate.forget()

    again = await program.run("upload", folder, "--listing", listing)

    assert again.code == 0, again.notices
    assert gate.puts == 0
    assert "READY" in again.output


async def test_other_files_under_the_same_reference_are_refused(
    program: Program, gate: StoreGate, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path / "changing", a_jpg=media.jpeg())
    listing = await program.new_listing()
    gate.shut_after(answers=0)
    first = program.start("upload", folder, "--listing", listing)
    try:
        await _batch_of(program, listing)
    finally:
        first.kill()
        await asyncio.to_thread(first.communicate, timeout=10)
    gate.open()
    (folder / "b.jpg").write_bytes(media.jpeg(100, 200))

    refused = await program.run("upload", folder, "--listing", listing)
    renamed = await program.run("upload", folder, "--listing", listing, "--reference", "second")

    assert refused.code == 1
    assert "--reference" in refused.notices
    assert renamed.code == 0, renamed.notices


async def _batch_of(program: Program, listing: str) -> None:
    """Returns once the listing has a batch."""

    async def look() -> bool:
        return "PENDING_UPLOAD" in (await program.run("status", "--listing", listing)).output

    await eventually(look, within=60, expecting="a batch", every=0.3)
