"""`vitrine audit` beside a running `vitrine run`, after somebody has been at its database."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from domain.media.media import MediaStatus
from entrypoints.services import Services
from tests.entrypoints.cli.program import Outcome, Program
from tests.system.library import InUse, open_library
from tests.system.vitrine_process import VitrineProcess, running_vitrine
from tests.system.waiting import eventually


@pytest.fixture(scope="module")
async def audited() -> AsyncIterator[VitrineProcess]:
    """One of its own: other tests leave behind what an audit would find."""
    async with running_vitrine() as vitrine:
        yield vitrine


@pytest.fixture
def program(audited: VitrineProcess, tmp_path: Path) -> Program:
    return Program(tmp_path, data_dir=str(audited.data))


@pytest.fixture
async def in_use(audited: VitrineProcess) -> InUse:
    async with open_library(audited) as library:
        return await library.picture_in_use(products=1)


async def spoil(vitrine: VitrineProcess, statement: str, media_id: UUID) -> None:
    """By the address that the running Vitrine tells to whoever may read its folder."""
    services = msgspec.json.decode((vitrine.data / "services.json").read_bytes(), type=Services)
    database = await asyncpg.connect(services.database_url, timeout=10)
    try:
        assert await database.execute(statement, media_id, timeout=10) in {"UPDATE 1", "DELETE 1"}
    finally:
        await database.close(timeout=10)


def lines(outcome: Outcome) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The findings and the summary: all that standard output has."""
    *findings, last = [json.loads(line) for line in outcome.output.splitlines()]
    summary = last.pop("summary")
    assert last == {}
    assert summary["findings"] == len(findings), outcome
    assert summary["byDrift"] == Counter(finding["drift"] for finding in findings), outcome
    assert summary["left"] == sum(not finding["repaired"] for finding in findings), outcome
    return findings, summary


@pytest.mark.timeout(300)
async def test_where_all_agree_it_has_nothing_to_say(program: Program, in_use: InUse) -> None:
    outcome = await program.run_apart("audit")

    assert outcome.code == 0, outcome
    assert lines(outcome)[0] == []


@pytest.mark.timeout(300)
async def test_what_was_done_behind_its_back_is_found_and_mended(
    audited: VitrineProcess, program: Program, in_use: InUse
) -> None:
    media_id = in_use.media.id
    await spoil(audited, "DELETE FROM media_attachments WHERE media_id = $1 AND entity_type <> 'user_avatar'", media_id)
    await spoil(audited, "UPDATE users SET avatar_media_id = NULL WHERE avatar_media_id = $1", media_id)

    found = await program.run_apart("audit")
    mended = await program.run_apart("audit", "--repair")
    afterwards = await program.run_apart("audit")

    assert (found.code, mended.code, afterwards.code) == (1, 0, 0), (found, mended, afterwards)
    findings, summary = lines(found)
    assert summary["left"] == len(findings)
    by_drift = {finding["drift"]: finding for finding in findings}
    assert {finding["mediaId"] for finding in findings} == {str(media_id)}
    assert by_drift["STALE_USE"]["entityType"] == "user_avatar"
    assert by_drift["STALE_USE"]["entityId"] == str(in_use.user_id)
    assert by_drift["UNRECORDED_USE"]["entityId"] == str(in_use.products[0].id)
    assert by_drift.keys() == {"STALE_USE", "UNRECORDED_USE", "USAGE_COUNT"}
    assert all(finding["repaired"] for finding in lines(mended)[0])
    assert lines(afterwards)[0] == []


@pytest.mark.timeout(300)
async def test_bytes_that_are_gone_are_mended_by_the_end_of_their_media(
    audited: VitrineProcess, program: Program, in_use: InUse
) -> None:
    async with open_library(audited) as library:
        await library.store.delete([in_use.media.storage_key])

        mended = await program.run_apart("audit", "--repair")

        # What it logs meanwhile stays out of its lines.
        [finding], _ = lines(mended)
        assert (finding["drift"], finding["key"]) == ("MISSING_OBJECT", in_use.media.storage_key)
        assert "media.bytes_removed" in mended.notices

        async def buried() -> bool:
            return await library.status(in_use.media) is MediaStatus.DELETED

        await eventually(buried, within=60, expecting="the media is buried\n" + audited.log_tail())
    afterwards = await program.run_apart("audit")
    assert (afterwards.code, lines(afterwards)[0]) == (0, []), afterwards
