"""The library from the command line, against the real API over the memory adapters."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner

from adapters.auth.jwt import issue_token
from entrypoints.cli.command_line import command_line
from entrypoints.cli.identity import demo_principal
from entrypoints.cli.library import print_library
from entrypoints.cli.media_form import MediaForm
from entrypoints.http.media.responses import MediaBody
from entrypoints.http.server import HttpServer
from tests.entrypoints.cli.program import Outcome, Program, uuids
from tests.entrypoints.http.api import SECRET, Api, shared_app
from tests.entrypoints.http.shared_app import Asking

NOBODY = "018f0000-0000-7000-8000-000000000000"


class Gate:
    """Before the application: `before` may answer in its place."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.before: Callable[[HTTPScope, Receive, Send], Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and self.before is not None and await self.before(scope, receive, send):
            return
        await self._app(scope, receive, send)


@pytest.fixture
async def api(tmp_path: Path) -> Api:
    """Its time is ours, so that it takes the tokens that commands sign."""
    api = Api(tmp_path / "work")
    api.clock.advance(datetime.now(UTC) - api.now)
    return api


@pytest.fixture
def gate(api: Api) -> Gate:
    return Gate(Asking(shared_app(), api))


@pytest.fixture
async def address(gate: Gate) -> AsyncIterator[str]:
    server = HttpServer(gate, host="127.0.0.1", port=0)
    serving = asyncio.create_task(server.serve())
    await server.ready()
    yield server.url
    await server.stop()
    await serving


@pytest.fixture
def program(address: str, tmp_path: Path) -> Program:
    """Its token has every role, and the store of the demo."""
    return Program(tmp_path, public_url=address, jwt_secret=SECRET, data_dir=str(tmp_path / "data"))


def picture(path: Path, colour: str = "teal", form: str = "JPEG") -> Path:
    Image.new("RGB", (64, 48), colour).save(path, form)
    return path


async def uploaded(program: Program, *arguments: str | Path) -> list[dict[str, Any]]:
    done = await program.run("media", "upload", *arguments, "--json")
    assert done.code == 0, done.notices
    answer: list[dict[str, Any]] = msgspec.json.decode(done.output)
    return answer


def rows(outcome: Outcome) -> list[list[str]]:
    assert outcome.code == 0, outcome.notices
    return [line.split() for line in outcome.output.splitlines()]


@pytest.mark.parametrize("command", ["upload", "list", "show", "delete"])
def test_help_teaches_by_example(command: str) -> None:
    shown = CliRunner().invoke(command_line(), ["media", command, "--help"], terminal_width=100)
    assert shown.exit_code == 0
    assert "For example:" in shown.output
    assert f"vitrine media {command}" in shown.output


async def test_files_become_media_with_what_is_said_of_them(program: Program, tmp_path: Path) -> None:
    first, second = picture(tmp_path / "a lamp.jpg"), picture(tmp_path / 'quo"ted ß.png', form="PNG")

    made = await uploaded(program, first, second, "--folder", "spring", "--alt-text", "Öl", "--kind", "store")

    assert [media["originalName"] for media in made] == ["a lamp.jpg", 'quo"ted ß.png']
    assert {media["mimeType"] for media in made} == {"image/jpeg", "image/png"}
    assert {(media["folder"], media["altText"], media["kind"]) for media in made} == {("spring", "Öl", "store")}
    assert [media["bytes"] for media in made] == [first.stat().st_size, second.stat().st_size]


async def test_a_refused_file_does_not_keep_the_others_out(program: Program, tmp_path: Path) -> None:
    drawing = tmp_path / "drawing.svg"
    drawing.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    (tmp_path / "empty.jpg").touch()

    done = await program.run("media", "upload", drawing, picture(tmp_path / "photo.jpg"), tmp_path / "empty.jpg")

    assert done.code == 1
    assert "photo.jpg" in done.output
    assert "drawing.svg: Media of kind product cannot be image/svg+xml" in done.notices
    assert "empty.jpg: The file is empty." in done.notices
    (kept,) = msgspec.json.decode((await program.run("media", "list", "--json")).output)
    assert kept["originalName"] == "photo.jpg"


async def test_what_is_no_file_is_told_before_anything_is_sent(program: Program, tmp_path: Path) -> None:
    photo = picture(tmp_path / "photo.jpg")

    folder = await program.run("media", "upload", photo, tmp_path)
    missing = await program.run("media", "upload", photo, tmp_path / "none.jpg")

    assert "is a folder: name the files in it" in folder.notices
    assert f"{tmp_path / 'none.jpg'} cannot be read: No such file or directory." in missing.notices
    assert 0 not in {folder.code, missing.code}
    assert (await program.run("media", "list")).output == "The library is empty.\n"


async def test_a_busy_server_is_asked_again(program: Program, gate: Gate, tmp_path: Path) -> None:
    asked = 0

    async def busy(scope: HTTPScope, receive: Receive, send: Send) -> bool:
        nonlocal asked
        asked += scope["method"] == "POST"
        if scope["method"] != "POST" or asked > 2:
            return False
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"0")]})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return True

    gate.before = busy
    assert len(await uploaded(program, picture(tmp_path / "photo.jpg"))) == 1
    assert asked == 3


async def test_a_broken_connection_is_not_repeated_blindly(program: Program, gate: Gate, tmp_path: Path) -> None:
    asked = 0

    async def breaks(scope: HTTPScope, receive: Receive, send: Send) -> bool:
        nonlocal asked
        if scope["method"] != "POST":
            return False
        asked += 1
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})
        return True

    gate.before = breaks
    done = await program.run("media", "upload", picture(tmp_path / "photo.jpg"))

    assert done.code == 1
    assert "it may be there or not: `vitrine media list` tells" in done.notices
    assert asked == 1


async def test_without_a_server_one_is_told_so(tmp_path: Path) -> None:
    program = Program(tmp_path, public_url="http://127.0.0.1:9", jwt_secret=SECRET, data_dir=str(tmp_path / "data"))
    done = await program.run("media", "upload", picture(tmp_path / "photo.jpg"))
    assert done.code == 1
    assert "Nothing answers at http://127.0.0.1:9" in done.notices


async def test_a_token_that_is_refused_is_told_once(program: Program, tmp_path: Path) -> None:
    photos = [picture(tmp_path / f"{number}.jpg") for number in range(3)]
    done = await program.run("media", "upload", *photos, "--token", "none")
    assert done.code == 1
    assert done.notices.count("vitrine token") == 1


async def test_the_library_is_listed_by_filters_and_up_to_a_limit(program: Program, tmp_path: Path) -> None:
    lamp, vase = [picture(tmp_path / name) for name in ("lamp.jpg", "vase.jpg")]
    (one,), (two,) = await uploaded(program, lamp), await uploaded(program, vase, "--folder", "spring")

    header, *every = rows(await program.run("media", "list"))
    found = await program.run("media", "list", "--search", "la", "--type", "image", "--unused", "--status", "uploaded")
    limited = await program.run("media", "list", "--limit", "1")

    assert header == ["id", "name", "kind", "folder", "type", "size", "status", "uses"]
    assert [row[:2] for row in every] == [[two["mediaId"], "vase.jpg"], [one["mediaId"], "lamp.jpg"]]
    assert uuids(found.output) == [one["mediaId"]]
    assert uuids(limited.output) == [two["mediaId"]]
    assert "more than 1: --limit shows them" in limited.notices
    assert (await program.run("media", "list", "--folder", "autumn")).output == "Nothing in the library is like that.\n"
    refused = await program.run("media", "list", "--mime", "jpeg")
    assert (refused.code, "/mime" in refused.notices) == (1, True)


async def test_a_media_is_shown_with_a_url_that_can_be_copied(program: Program, tmp_path: Path) -> None:
    (media,) = await uploaded(program, picture(tmp_path / "lamp.jpg"))

    shown = await program.run("media", "show", media["mediaId"])
    plain = msgspec.json.decode((await program.run("media", "show", media["mediaId"], "--json")).output)

    facts = {line.split()[0]: line.split()[1:] for line in shown.output.splitlines() if line.strip()}
    assert facts["name"] == ["lamp.jpg"]
    assert facts["looks"][:3] == ["40", "x", "30,"], "as the inspector of this test says"
    assert facts["checksum"] == [media["checksum"]]
    assert any(line.startswith(plain["url"].partition("?")[0]) for line in shown.output.splitlines())
    assert "Nothing uses it." in shown.output
    assert (await program.run("media", "show", NOBODY)).code == 1


async def test_deletions_are_foreseen_asked_about_and_done(program: Program, tmp_path: Path) -> None:
    one, two = await uploaded(program, *(picture(tmp_path / name) for name in ("lamp.jpg", "vase.jpg")))

    foreseen = await program.run("media", "delete", one["mediaId"], "--dry-run")
    unasked = await program.run("media", "delete", one["mediaId"])
    kept = await program.run("media", "list")
    done = await program.run("media", "delete", one["mediaId"], NOBODY, one["mediaId"], "--yes")

    assert (foreseen.code, foreseen.output) == (0, f"lamp.jpg ({one['mediaId']}) would go.\n")
    assert unasked.code == 1
    assert "--yes says so" in unasked.notices
    assert len(uuids(kept.output)) == 2
    assert (done.code, done.output) == (1, "1 media on the way out, 1 refused.\n")
    assert f"{NOBODY}: There is no media" in done.notices
    assert uuids((await program.run("media", "list")).output) == [two["mediaId"]]


async def licensed(address: str, media_id: str) -> str:
    token = issue_token(SECRET, demo_principal(), timedelta(hours=1), datetime.now(UTC))
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=10) as client:
        answer = await client.post("/api/v2/licenses", json={"number": "A-4711", "mediaId": media_id})
    return str(answer.json()["licenseId"])


async def test_every_protected_use_is_named(program: Program, address: str, tmp_path: Path) -> None:
    (media,) = await uploaded(program, picture(tmp_path / "scan.jpg"), "--kind", "license_doc")
    license_id = await licensed(address, media["mediaId"])

    foreseen = await program.run("media", "delete", media["mediaId"], "--dry-run")
    refused = await program.run("media", "delete", media["mediaId"], "--yes")
    shown = await program.run("media", "show", media["mediaId"])

    assert (foreseen.code, refused.code) == (1, 1)
    assert "must stay" in foreseen.output
    assert all(license_id in said for said in (foreseen.output, refused.notices, shown.output))
    assert "keeps it from being deleted" in shown.output


def test_names_cannot_steer_the_terminal() -> None:
    media = MediaBody(
        media_id=uuid4(),
        kind="product",
        status="READY",
        media_type="image",
        mime_type="image/png",
        original_name="\x1b[2J[red]evil\u202e.png",
        bytes=10,
        folder="general",
        alt_text=None,
        description=None,
        uploaded_by=uuid4(),
        usage_count=0,
        metadata=None,
        created_at=datetime.now(UTC),
        updated_at=datetime.now(UTC),
    )
    console = Console(file=io.StringIO(), width=80)
    print_library(console, [media])
    assert "\\x1b[2J[red]evil\\u202e.png" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_form_is_as_long_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "new\nline.bin"
    path.write_bytes(b"x" * (3 * 1024 * 1024 + 5))
    form = MediaForm(path=path, size=path.stat().st_size, words={"kind": "other", "folder": ""})
    moved: list[int] = []

    async def body() -> bytes:
        return b"".join([block async for block in form.blocks(moved.append)])

    sent = asyncio.run(body())
    assert len(sent) == int(form.headers["Content-Length"])
    assert sum(moved) == form.size
    assert b'filename="new%0Aline.bin"' in sent
    assert b"folder" not in sent
