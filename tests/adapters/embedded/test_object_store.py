import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aioboto3
import httpx
import psutil
import pytest
from botocore.exceptions import ClientError

from adapters.embedded import DataFolderInUse, EmbeddedObjectStore
from tests.adapters.embedded.holder import gone_within, server_on

_SESSION = aioboto3.Session()


def an_instance(folder: Path, *buckets: str) -> EmbeddedObjectStore:
    return EmbeddedObjectStore(folder, buckets=buckets or ["vitrine"])


@asynccontextmanager
async def client_of(store: EmbeddedObjectStore) -> AsyncIterator[Any]:
    async with _SESSION.client(
        "s3",
        endpoint_url=store.endpoint_url,
        region_name=store.region,
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
    ) as client:
        yield client


async def put(store: EmbeddedObjectStore, key: str, body: bytes, bucket: str = "vitrine") -> None:
    async with client_of(store) as client:
        await client.put_object(Bucket=bucket, Key=key, Body=body)


async def get(store: EmbeddedObjectStore, key: str) -> bytes:
    async with client_of(store) as client:
        answer = await client.get_object(Bucket="vitrine", Key=key)
        content: bytes = await answer["Body"].read()
        return content


def listening_ports(folder: Path) -> dict[str, set[int]]:
    """Ports by the address that they are open on."""
    ports: dict[str, set[int]] = {}
    for connection in server_on(folder).net_connections("inet"):
        if connection.status == psutil.CONN_LISTEN:
            ports.setdefault(connection.laddr.ip, set()).add(connection.laddr.port)
    return ports


def sockets_outside(folder: Path) -> list[Path]:
    """The sockets that SeaweedFS opens in /tmp, whatever it is told."""
    ports = json.loads((folder / "ports.json").read_text())
    return [socket for port in ports for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock")]


async def test_objects_survive_a_restart_in_a_folder_with_spaces_on_the_same_port(data_dir: Path) -> None:
    folder = data_dir / "a folder" / "with spaces"
    async with an_instance(folder) as first:
        await put(first, "photo", b"bytes")
    assert gone_within(0, folder)
    assert sockets_outside(folder) == []
    async with an_instance(folder, "vitrine", "archive") as second:
        assert await get(second, "photo") == b"bytes"
        await put(second, "zip", b"bytes", bucket="archive")
        assert second.endpoint_url == first.endpoint_url
        assert (second.access_key, second.secret_key) == (first.access_key, first.secret_key)


async def test_objects_survive_a_change_of_every_port(data_dir: Path) -> None:
    async with an_instance(data_dir) as store:
        await put(store, "photo", b"first")
    (data_dir / "ports.json").unlink()
    async with an_instance(data_dir) as store:
        await put(store, "other", b"second")
        assert [await get(store, key) for key in ("photo", "other")] == [b"first", b"second"]


async def test_nobody_gets_in_without_the_keys(data_dir: Path) -> None:
    async with an_instance(data_dir) as store, httpx.AsyncClient(timeout=5) as anonymous:
        await put(store, "photo", b"bytes")
        assert (await anonymous.get(f"{store.endpoint_url}/vitrine/photo")).status_code == 403
        assert (await anonymous.put(f"{store.endpoint_url}/vitrine/photo", content=b"x")).status_code == 403
        ports = listening_ports(data_dir)
        assert ports.keys() == {"127.0.0.1"}
        for port in ports["127.0.0.1"]:
            for path in ("/buckets/vitrine/photo", "/col/delete?collection=vitrine", "/dir/assign", "/1,01637037d6"):
                await assert_refused(anonymous, f"http://127.0.0.1:{port}{path}")
        assert await get(store, "photo") == b"bytes"
    for secret in ("credentials.json", "security.toml"):
        assert stat.S_IMODE((data_dir / secret).stat().st_mode) == 0o600


async def assert_refused(anonymous: httpx.AsyncClient, url: str) -> None:
    for method in ("GET", "DELETE"):
        try:
            answer = await anonymous.request(method, url)
        except httpx.RemoteProtocolError:
            continue  # gRPC speaks HTTP/2 alone
        assert answer.is_error, f"{method} {url}: {answer.status_code}"


async def test_a_bucket_that_was_not_asked_for_does_not_come_to_be(data_dir: Path) -> None:
    async with an_instance(data_dir) as store:
        with pytest.raises(ClientError, match="NoSuchBucket"):
            await put(store, "photo", b"bytes", bucket="typo")


async def test_a_second_holder_is_refused_at_once_and_two_folders_live_side_by_side(data_dir: Path) -> None:
    async with an_instance(data_dir / "one") as one, an_instance(data_dir / "two") as two:
        with pytest.raises(DataFolderInUse, match="stop that process, or start this one on another data folder"):
            await an_instance(data_dir / "one").__aenter__()
        await put(one, "photo", b"one")
        await put(two, "photo", b"two")
        assert [await get(store, "photo") for store in (one, two)] == [b"one", b"two"]
        assert not listening_ports(data_dir / "one")["127.0.0.1"] & listening_ports(data_dir / "two")["127.0.0.1"]
