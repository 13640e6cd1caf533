"""A direct upload through the API against the same bytes put straight into the store, and the memory that it takes."""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import aiohttp
import psutil

from adapters.auth.jwt import issue_token
from adapters.s3.signer import SigV4UrlSigner
from bench.processes import Running, running
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage, as_environment
from domain.checksum import Checksum
from domain.ids import StoreId, UserId
from domain.principal import Principal, Role

_MIB = 1024 * 1024
_FILE = 200 * _MIB
_TARGET = 0.7
_MOST_MIB = 64
_CHUNK = 256 * 1024
_PATIENCE = aiohttp.ClientTimeout(total=300)
_LOOK_EVERY = 0.01
# What a video begins with: the store's bytes after it are random, so that nothing is stored twice.
_HEAD = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41"


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds = 3 if size.quick else 6
    steps.expect(rounds + 1)
    settings = stage.settings(await stage.fresh_database())
    assert settings.jwt_secret
    principal = Principal(user_id=UserId(uuid4()), store_id=StoreId(uuid4()), roles=frozenset({Role.OWNER}))
    token = issue_token(settings.jwt_secret, principal, timedelta(hours=1), datetime.now(UTC))
    unnamed, named, grown = [], [], []
    async with (
        running("bench.api_process", environment=as_environment(settings), log=stage.folder / "api.log") as api,
        aiohttp.ClientSession(timeout=_PATIENCE, headers={"authorization": f"Bearer {token}"}) as client,
    ):
        await _upload(client, api, await _file(stage.folder), checksum=None)
        steps.done("warm")
        for _ in range(rounds):
            file = await _file(stage.folder)
            checksum = Checksum(await asyncio.to_thread(_sha256, file))
            straight = await _put(stage, file, checksum)
            took, memory = await _watched(api, _upload(client, api, file, checksum=None))
            unnamed.append(straight / took)
            grown.append(memory)
            file = await _file(stage.folder)
            checksum = Checksum(await asyncio.to_thread(_sha256, file))
            straight = await _put(stage, file, checksum)
            took, memory = await _watched(api, _upload(client, api, file, checksum=checksum))
            named.append(straight / took)
            grown.append(memory)
            steps.done(f"{unnamed[-1]:.2f} and {named[-1]:.2f} of a plain PUT")
    against = "one PUT straight into the store, with its SHA-256"
    return Section(
        title=f"Direct upload of {_FILE // _MIB} MiB",
        rows=[
            Row.of_rounds("MB/s, nothing known beforehand", against, unnamed, target=_TARGET),
            Row.of_rounds("MB/s, checksum sent along", against, named, target=_TARGET),
            Row(
                measure="memory that it takes of the API",
                against="the process before",
                value=max(grown) / _MIB,
                unit="MiB",
                target=_MOST_MIB,
                at_most=True,
            ),
        ],
        notes=[],
    )


async def _file(folder: Path) -> Path:
    path = folder / "clip.mp4"
    await asyncio.to_thread(path.write_bytes, _HEAD + os.urandom(_FILE - len(_HEAD)))
    # Else the disk is still at what the round before has left, and whoever comes next pays for it.
    await asyncio.to_thread(os.sync)
    return path


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(_MIB):
            digest.update(chunk)
    return digest.digest()


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


async def _put(stage: Stage, path: Path, checksum: Checksum) -> float:
    """Seconds. The URL is signed and the checksum known beforehand."""
    signed = SigV4UrlSigner(stage.bucket).put(
        f"bench/{uuid4()}",
        content_type="video/mp4",
        size=_FILE,
        checksum=checksum,
        now=datetime.now(UTC),
        expires_in=timedelta(minutes=5),
    )
    headers = {**signed.headers, "content-length": str(_FILE)}
    async with aiohttp.ClientSession(timeout=_PATIENCE) as client:
        started = perf_counter()
        async with client.put(signed.url, data=_chunks(path), headers=headers) as answer:
            answer.raise_for_status()
        return perf_counter() - started


async def _upload(client: aiohttp.ClientSession, api: Running, path: Path, *, checksum: Checksum | None) -> float:
    """Seconds, until the media is UPLOADED."""
    boundary = uuid4().hex
    words = {"kind": "product"} | ({"checksum": str(checksum)} if checksum else {})
    front = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{word}\r\n'
        for name, word in words.items()
    )
    front += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="clip.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    )
    back = f"\r\n--{boundary}--\r\n"

    async def body() -> AsyncIterator[bytes]:
        yield front.encode()
        async for chunk in _chunks(path):
            yield chunk
        yield back.encode()

    headers = {
        "content-type": f"multipart/form-data; boundary={boundary}",
        "content-length": str(len(front) + _FILE + len(back)),
    }
    started = perf_counter()
    async with client.post(f"{api.ready}/api/v2/media/upload", data=body(), headers=headers) as answer:
        if answer.status != 201:
            raise RuntimeError(await answer.text())
    return perf_counter() - started


async def _watched(api: Running, upload: Coroutine[Any, Any, float]) -> tuple[float, int]:
    """How long it took, and by how many bytes the process grew meanwhile."""
    process = psutil.Process(api.pid)
    before = peak = process.memory_info().rss
    uploading = asyncio.create_task(upload)
    while not uploading.done():
        await asyncio.wait([uploading], timeout=_LOOK_EVERY)
        peak = max(peak, process.memory_info().rss)
    return uploading.result(), peak - before
