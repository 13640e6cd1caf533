"""Dead letters from the command line, against the real API over the memory adapters."""

import asyncio
import io
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from application.events.cloud_events import NotACloudEvent
from domain.dead_letters.dead_letter import DeadLetter, LetterStatus
from entrypoints.cli.command_line import command_line
from entrypoints.cli.identity import DEMO_STORE
from entrypoints.cli.letters import print_letter, print_table
from entrypoints.cli.printable import printable
from entrypoints.http.dead_letters.bodies import letter_body
from entrypoints.http.server import HttpServer
from tests.application.dead_letters.dying import crash, dead_batch, delivery, letters
from tests.application.uploads import photos
from tests.builders import STORE, build_dead_letter, build_media_letter, build_stored_message, build_task_letter
from tests.entrypoints.cli.program import Program, uuids
from tests.entrypoints.http.api import PRINCIPALS, SECRET, Api, shared_app
from tests.entrypoints.http.shared_app import Asking
from tests.entrypoints.http.test_dead_letters import OPERATOR, stored


@pytest.fixture
async def api(tmp_path: Path) -> Api:
    """Its time is ours, so that it takes the tokens that commands sign."""
    api = Api(tmp_path / "work")
    api.clock.advance(datetime.now(UTC) - api.now)
    await api.open_listing()
    return api


@pytest.fixture
async def address(api: Api) -> AsyncIterator[str]:
    server = HttpServer(Asking(shared_app(), api), host="127.0.0.1", port=0)
    serving = asyncio.create_task(server.serve())
    await server.ready()
    yield server.url
    await server.stop()
    await serving


@pytest.fixture
def program(address: str, tmp_path: Path) -> Program:
    """Its token has every role, and the store of the demo."""
    return Program(tmp_path, public_url=address, jwt_secret=SECRET, data_dir=str(tmp_path / "data"))


def of_the_demo(**changes: object) -> DeadLetter:
    return build_task_letter(**{"store_id": DEMO_STORE} | changes)


@pytest.mark.parametrize("command", ["list", "show", "replay", "discard"])
def test_help_teaches_by_example(command: str) -> None:
    shown = CliRunner().invoke(command_line(), ["dlq", command, "--help"], terminal_width=100)
    assert shown.exit_code == 0
    assert "For example:" in shown.output
    assert f"vitrine dlq {command}" in shown.output


async def test_a_list_says_what_died_of_what(api: Api, program: Program) -> None:
    stray, ours = build_dead_letter(), of_the_demo()
    foreign, done = build_task_letter(), of_the_demo(status=LetterStatus.DISCARDED)
    await stored(api, stray, ours, foreign, done)

    shown = await program.run("dlq", "list")
    every = await program.run("dlq", "list", "--status", "all")
    storage = await program.run("dlq", "list", "--topic", "vitrine.storage.v1")

    assert shown.code == 0, shown.notices
    header, first, second = [line.split() for line in shown.output.splitlines()]
    assert header == ["id", "when", "topic", "what", "error", "attempts", "status"]
    assert first[0] == str(ours.id)
    assert first[3:] == ["vitrine.tasks.image.v1", "image", "task", "DECODER_CRASHED", "4", "OPEN"]
    assert second[0] == str(stray.id)
    assert second[3:] == ["vitrine.listings.v1", "message", "NOT_A_CLOUD_EVENT", "1", "OPEN"]
    assert uuids(every.output) == [str(done.id), str(ours.id), str(stray.id)]
    assert storage.output == "There are no OPEN dead letters.\n"


async def test_a_list_ends_where_it_is_told_and_says_so(api: Api, program: Program) -> None:
    made = [await stored(api, build_dead_letter()) for _ in range(3)]

    two = await program.run("dlq", "list", "--limit", "2")
    three = await program.run("dlq", "list", "--limit", "3")

    assert uuids(two.output) == [str(letter.id) for letter in reversed(made)][:2]
    assert "more than 2" in two.notices
    assert three.notices == ""


async def test_more_than_one_page_is_listed(api: Api, program: Program) -> None:
    await stored(api, *(build_dead_letter() for _ in range(103)))

    shown = await program.run("dlq", "list", "--json", "--limit", "1000")

    assert len({letter["letterId"] for letter in msgspec.json.decode(shown.output)}) == 103


async def test_a_letter_is_shown_with_facts_headers_and_a_dump(api: Api, program: Program) -> None:
    arrived = delivery()
    await api.reject_message(arrived, consumer="vitrine.listings", error=NotACloudEvent("no JSON"), attempts=2)
    ((letter),) = await letters(api)

    shown = await program.run("dlq", "show", str(letter.id))
    plain = await program.run("dlq", "show", str(letter.id), "--json")

    assert shown.code == 0, shown.notices
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in shown.output.splitlines() if line.strip()}
    assert lines["id"] == str(letter.id)
    assert (lines["place"], lines["consumer"], lines["key"]) == ("3/141", "vitrine.listings", "listing-7")
    assert (lines["error"], lines["detail"], lines["attempts"]) == ("NOT_A_CLOUD_EVENT", "no JSON", "2")
    assert lines["ce_type"] == "marketplace.listing.changed"
    assert lines["00000000"].endswith('20 00 ff {"half": ..')
    assert b64decode(msgspec.json.decode(plain.output)["body"]["base64"]) == arrived.body


async def test_a_pointer_is_shown_as_json(api: Api, program: Program) -> None:
    await stored(api, letter := of_the_demo(message=build_stored_message(body=b'{"taskId":"7","kind":"image"}')))

    shown = await program.run("dlq", "show", str(letter.id))

    assert '{\n  "taskId": "7",\n  "kind": "image"\n}\n' in shown.output
    assert ["batch", str(letter.batch_id)] in [line.split() for line in shown.output.splitlines()]


async def test_a_letter_of_a_media_names_it(api: Api, program: Program) -> None:
    await stored(api, letter := build_media_letter(store_id=DEMO_STORE))

    shown = await program.run("dlq", "show", str(letter.id))
    plain = await program.run("dlq", "show", str(letter.id), "--json")

    rows = [line.split() for line in shown.output.splitlines()]
    assert ["media", str(letter.media_id)] in rows
    assert not {"batch", "job", "asset", "listing"} & {row[0] for row in rows if row}
    told = msgspec.json.decode(plain.output)
    assert told["mediaId"] == str(letter.media_id)
    assert "batchId" not in told


async def test_all_are_replayed_in_the_order_in_which_they_came(api: Api, program: Program) -> None:
    made = [build_dead_letter(message=build_stored_message(body=str(number).encode())) for number in range(4)]
    await stored(api, *made, build_dead_letter(message=build_stored_message(topic="vitrine.storage.v1")))

    done = await program.run("dlq", "replay", "--all", "--topic", "vitrine.listings.v1", "--yes")
    rest = await program.run("dlq", "replay", "--all", "--yes")
    nothing = await program.run("dlq", "replay", "--all", "--yes")

    assert (done.code, done.output, done.notices) == (0, "4 dead letters replayed.\n", "")
    assert rest.output == "1 dead letter replayed.\n"
    assert nothing.output == "There is nothing to replay.\n"
    while await api.relay_outbox():
        pass
    bodies = [message.payload for message in api.publisher.messages if message.topic == "vitrine.listings.v1"]
    assert bodies == [b"0", b"1", b"2", b"3"]


async def test_one_run_replays_all_letters_of_a_batch(api: Api, program: Program) -> None:
    batch_id = await dead_batch(api, "one", "two", "three", dying=("one", "two"))
    admin = ("--token", api.token(PRINCIPALS["admin"]))

    done = await program.run("dlq", "replay", "--all", "--yes", *admin)

    assert (done.code, done.output) == (0, "2 dead letters replayed.\n")
    assert len(await api.jobs(batch_id)) == 2


async def test_what_is_refused_is_named_and_the_others_go_on(api: Api, program: Program) -> None:
    crash(api, "two")
    await api.receive(photos("one", "two"))
    _, doomed = await api.pointers()
    for _ in range(api.retry.max_attempts):
        await api.work_on_task(doomed, worker="worker")
        api.clock.advance(api.retry.longest_delay)
    (at_work,) = await letters(api)
    stray = await stored(api, build_dead_letter())
    assert at_work.store_id == STORE

    done = await program.run(
        *("dlq", "replay", "--yes", str(at_work.id), str(uuid4()), str(stray.id), str(stray.id)),
        *("--token", api.token(OPERATOR)),
    )

    assert (done.code, done.output) == (1, "1 dead letter replayed, 2 refused.\n")
    assert f"{at_work.id}: Batch {at_work.batch_id} is PROCESSING; wait until it is READY or FAILED." in done.notices
    assert "There is no dead letter" in done.notices


async def test_letters_are_discarded_by_name(api: Api, program: Program) -> None:
    one, two = build_dead_letter(), build_dead_letter()
    await stored(api, one, two)

    done = await program.run("dlq", "discard", str(one.id), str(two.id), "--yes")
    again = await program.run("dlq", "discard", str(one.id), "--yes")

    assert (done.code, done.output) == (0, "2 dead letters discarded.\n")
    assert {letter.status for letter in await letters(api)} == {"DISCARDED"}
    assert (again.code, again.output) == (1, "0 dead letters discarded, 1 refused.\n")
    assert "is DISCARDED already" in again.notices


async def test_nothing_is_done_unasked(api: Api, program: Program) -> None:
    letter = await stored(api, build_dead_letter())

    replayed = await program.run_apart("dlq", "replay", str(letter.id))
    discarded = await program.run_apart("dlq", "discard", str(letter.id))

    assert (replayed.code, discarded.code) == (1, 1)
    assert "Replay 1 dead letter?" in replayed.notices
    assert "--yes" in discarded.notices
    assert {letter.status for letter in await letters(api)} == {"OPEN"}


async def test_mistakes_are_told_in_sentences(api: Api, program: Program) -> None:
    letter = await stored(api, build_dead_letter())
    photographer = api.token(PRINCIPALS["photographer"])

    neither = await program.run("dlq", "replay", "--yes")
    both = await program.run("dlq", "replay", str(letter.id), "--all", "--yes")
    topic = await program.run("dlq", "replay", str(letter.id), "--topic", "x", "--yes")
    missing = await program.run("dlq", "show", str(uuid4()))
    stranger = await program.run("dlq", "replay", str(letter.id), str(uuid4()), "--yes", "--token", photographer)
    nobody = await program.run("dlq", "list", "--api", "http://127.0.0.1:9")

    outcomes = (neither, both, topic, missing, stranger, nobody)
    assert {outcome.code for outcome in outcomes} == {1}
    assert "take them all with --all" in neither.notices
    assert "take them all with --all" in both.notices
    assert "--topic goes with --all" in topic.notices
    assert "There is no dead letter" in missing.notices
    assert stranger.notices.count("for admins") == 1
    assert "Nothing answers at" in nobody.notices
    assert "Traceback" not in "".join(outcome.notices for outcome in outcomes)
    assert {letter.status for letter in await letters(api)} == {"OPEN"}


def test_nothing_that_arrived_steers_the_terminal() -> None:
    nasty = "\x1b[31m[red]\x07\x9b2J\u202e"
    message = build_stored_message(
        headers={nasty: nasty}, key=nasty.encode(), body=msgspec.json.encode({nasty: nasty}), type=nasty, id=nasty
    )
    target = io.StringIO()
    console = Console(file=target, width=200, highlight=False)

    letter = letter_body(build_dead_letter(message=message, error_code=nasty, error_detail=nasty))
    print_letter(console, letter)
    print_table(console, [letter])

    assert all(character.isprintable() or character == "\n" for character in target.getvalue())
    assert target.getvalue().count("[red]") == 11
    assert printable("a\nb\tc\N{SNOWMAN}") == "a\nb\\tc\N{SNOWMAN}"


@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_the_table_fits(width: int) -> None:
    target = io.StringIO()
    console = Console(file=target, width=width, force_terminal=True, color_system=None, highlight=False)
    page = [letter_body(build_dead_letter()), letter_body(build_task_letter())]

    print_table(console, page)

    assert max(len(line) for line in target.getvalue().splitlines()) <= width
    assert ("when" in target.getvalue()) == (width >= 100)
