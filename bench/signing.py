"""Signed URLs, against botocore's."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

import botocore.session
from botocore.config import Config

from adapters.s3.signer import SigV4UrlSigner
from bench.result import Row, Section
from bench.running import Size, Steps
from bench.stage import Stage
from domain.checksum import Checksum

_LIFETIME = timedelta(minutes=15)
_OURS, _THEIRS = 2000, 100


async def measure(stage: Stage, size: Size, steps: Steps) -> Section:
    rounds = 3 if size.quick else 9
    steps.expect(rounds)
    signer, boto = SigV4UrlSigner(stage.bucket), _boto(stage)
    now = datetime.now(UTC)
    keys = [f"{uuid4()}/raw/photo/horizontal/{uuid4()}/{uuid4()}-kitchen.jpg" for _ in range(_OURS)]
    checksum = Checksum(os.urandom(32))

    def get(key: str) -> object:
        return signer.get(key, now=now, expires_in=_LIFETIME)

    def put(key: str) -> object:
        return signer.put(key, content_type="image/jpeg", size=1, checksum=checksum, now=now, expires_in=_LIFETIME)

    def boto_get(key: str) -> object:
        return boto.generate_presigned_url("get_object", Params={"Bucket": stage.bucket.bucket, "Key": key})

    def boto_put(key: str) -> object:
        parameters = {
            "Bucket": stage.bucket.bucket,
            "Key": key,
            "ContentType": "image/jpeg",
            "ContentLength": 1,
            "ChecksumSHA256": checksum.base64,
        }
        return boto.generate_presigned_url("put_object", Params=parameters)

    gets, puts = [], []
    for _ in range(rounds):
        gets.append(await asyncio.to_thread(_speed_up, get, boto_get, keys))
        puts.append(await asyncio.to_thread(_speed_up, put, boto_put, keys))
        steps.done(f"{gets[-1]:.0f} x botocore")
    return Section(
        title="Signing",
        rows=[
            Row.of_rounds("GET URLs/s", "botocore", gets),
            Row.of_rounds("PUT URLs/s, with type, length and SHA-256", "botocore", puts),
        ],
        notes=[],
    )


def _speed_up(ours: Callable[[str], object], theirs: Callable[[str], object], keys: list[str]) -> float:
    return _seconds(theirs, keys[:_THEIRS]) / _seconds(ours, keys)


def _seconds(sign: Callable[[str], object], keys: list[str]) -> float:
    """For one URL."""
    started = perf_counter()
    for key in keys:
        sign(key)
    return (perf_counter() - started) / len(keys)


def _boto(stage: Stage) -> Any:
    bucket = stage.bucket
    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    return botocore.session.get_session().create_client(
        "s3",
        endpoint_url=bucket.endpoint_url,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=config,
    )
