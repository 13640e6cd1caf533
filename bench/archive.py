"""The ZIP of a batch: its memory, and its speed against a plain copy through the same store."""

import asyncio
import os
import sys
import zlib
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from pathlib import Path

import msgspec

from adapters.s3.connection import open_s3
from adapters.s3.store import S3ObjectStore
from bench.archive_process import Outcome, Source
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage, as_environment

_MIB = 1024 * 1024
_OBJECT = 5 * _MIB + 321
_DIFFERENT = 12
_PATIENCE = 900


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds, mib = (2, 256) if size.quick else (3, 1024)
    steps.expect(2)
    sources = await _stored(stage)
    number = -(-mib * _MIB // _OBJECT)
    entries = [sources[index % len(sources)] for index in range(number)]
    total = sum(entry.size for entry in entries) / _MIB
    steps.done(f"{number} files, {total:.0f} MiB")
    outcome = await _run(rounds, entries, as_environment(stage.settings(stage.services.database_url)))
    steps.done("packed and copied")
    ratios = [copy / packed for packed, copy in zip(outcome.zip_seconds, outcome.copy_seconds, strict=True)]
    return Section(
        title=f"ZIP of a batch, {number} files, {total / 1024:.2g} GiB",
        rows=[
            Row.of_rounds("MB/s of the ZIP", "a plain copy through the same store", ratios, target=0.8),
            Row(
                measure="memory that the ZIP takes",
                against="the process before",
                value=outcome.grown / _MIB,
                unit="MiB",
                target=64,
                at_most=True,
            ),
        ],
        notes=[_cost_note(outcome, rounds * total)],
    )


def _cost_note(outcome: Outcome, mib: float) -> str:
    packing, copying = 1000 * outcome.zip_cpu / mib, 1000 * outcome.copy_cpu / mib
    return f"CPU in ms a MiB: ZIP {packing:.1f}, copy {copying:.1f}"


async def _stored(stage: Stage) -> list[Source]:
    sources = []
    path: Path = stage.folder / "original"
    async with open_s3(stage.bucket) as connection:
        store = S3ObjectStore(connection)
        for number in range(_DIFFERENT):
            body = os.urandom(_OBJECT)
            path.write_bytes(body)  # noqa: ASYNC240 - nothing else runs yet
            source = Source(key=f"bench/originals/{number}", size=len(body), crc32=zlib.crc32(body))
            await store.upload(source.key, path, content_type="image/jpeg")
            sources.append(source)
    return sources


async def _run(rounds: int, entries: list[Source], environment: Mapping[str, str]) -> Outcome:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.archive_process", str(rounds), stdin=PIPE, stdout=PIPE, env=dict(environment)
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            answer, _ = await process.communicate(msgspec.json.encode(entries))
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return msgspec.json.decode(answer, type=Outcome)
