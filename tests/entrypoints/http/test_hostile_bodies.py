"""Whatever a body may be, the answer is an answer: never a 500.

Over the real database, which has opinions of its own on text and numbers.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.postgres.engine import open_engine
from adapters.postgres.unit_of_work import PostgresUnitOfWorkFactory
from application.batches.query_downloads import OFFERED
from domain.batches.batch import Batch
from domain.batches.manifest import MAX_SEQUENCE
from domain.batches.media_type import MediaType, Orientation
from domain.jobs.job import Provider
from domain.listings.listing import ListingKind, ListingStatus
from domain.media.media import Media
from domain.media.words import words_of
from tests.application.uploads import photo, photos
from tests.builders import IDS, PHOTOGRAPHER, build_attachment, build_listing, ready_media
from tests.contracts.stored import store
from tests.entrypoints.http.api import DOWNLOADS, LISTINGS, MEDIA, PRINCIPALS, UPLOADS, Api, announcement, open_api
from tests.postgres_databases import PostgresDatabases

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([10**400, "\0", 2**63, -(2**63)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BODIES = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Known:
    """Names that exist, so that a random body gets past the first question."""

    def __init__(self, api: Api, batch: Batch, job_id: object) -> None:
        self.listing, self.batch, self.job = str(api.listing.id), str(batch.id), str(job_id)


@pytest.fixture(scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory, postgres_databases: PostgresDatabases) -> AsyncIterator[Api]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    async with postgres_databases.fresh() as dsn:
        engine = open_engine(dsn)
        begin = PostgresUnitOfWorkFactory(engine, IDS)
        async with open_api(folder, provider=Provider.EXTERNAL, begin=begin) as opened:
            yield opened
        await engine.dispose()


@pytest.fixture(scope="module")
async def known(api: Api) -> Known:
    received = await api.receive(photos("one"), reference="received")
    opened = await api.announce(photos("one", "two"), reference="open")
    [job] = await api.jobs(received)
    return Known(api, opened.batch, job.id)


def almost(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which every field is what it should be, or anything, or missing."""
    loose = {name: strategy | ANYTHING for name, strategy in fields.items()}
    return st.fixed_dictionaries({}, optional=loose) | st.fixed_dictionaries(dict(fields))


FILES = st.lists(
    almost(
        clientId=st.text(max_size=65),
        mediaType=st.sampled_from(list(MediaType)),
        orientation=st.sampled_from(list(Orientation)),
        filename=st.text(max_size=256),
        contentType=st.sampled_from(["image/jpeg", "video/mp4", "application/pdf"]),
        bytes=st.integers(-1, 2**64),
        checksum=st.sampled_from(["sha256:" + "0" * 64, "A" * 43 + "="]) | st.text(),
        title=st.text(max_size=256),
        sequence=st.integers(-1, 2**33),
    ),
    max_size=4,
)
CLIENT_ID = st.sampled_from(["one", "two"]) | st.text(max_size=8)
PARTS = st.lists(almost(partNumber=st.integers(0, 10_001), etag=st.text()), max_size=3)
UPLOADED = st.lists(almost(clientId=CLIENT_ID, etag=st.text(), parts=PARTS), max_size=3)
IDENTITY = st.uuids().map(str)


async def ask(api: Api, path: str, body: Any) -> None:
    # Lone surrogates and NaN are spelled out, as a hostile client would.
    content = json.dumps(body).encode() if not isinstance(body, bytes) else body
    answer = await api.client.post(path, content=content, headers=api.headers())
    assert_answered(api, answer)


def assert_answered(api: Api, answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    assert "request_failed" not in api.log.events
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"]


@BODIES
@given(data=st.data())
async def test_announcements(api: Api, known: Known, data: st.DataObject) -> None:
    listing = st.just(known.listing) | IDENTITY
    await ask(
        api, UPLOADS, data.draw(almost(listingId=listing, batchReference=st.text(max_size=121), files=FILES) | ANYTHING)
    )


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=255)


@BODIES
@given(filename=ANY_TEXT.filter(str.strip), title=ANY_TEXT, sequence=st.integers(1, MAX_SEQUENCE))
async def test_any_name_and_title_come_back_as_they_were(
    api: Api, known: Known, filename: str, title: str, sequence: int
) -> None:
    body = announcement([photo().saying(filename=filename, title=title)], listing_id=known.listing)
    body |= {"batchReference": str(IDS.new())}
    body["files"][0]["sequence"] = sequence

    opened = await api.post(UPLOADS, body)
    status = await api.post(f"{UPLOADS}/status", {name: opened.json()[name] for name in ("listingId", "batchId")})

    assert opened.status_code == 201
    [asset] = status.json()["assets"]
    assert (asset["filename"], asset["title"], asset["sequence"]) == (filename, title, sequence)


@BODIES
@given(code=ANY_TEXT, detail=ANY_TEXT)
async def test_any_words_of_a_pipeline_are_taken(api: Api, code: str, detail: str) -> None:
    batch_id = await api.receive(photos("one"), reference=str(IDS.new()))
    [job] = await api.jobs(batch_id)
    report = {"jobId": str(job.id), "attempt": 1, "status": "FAILED", "error": {"code": code, "detail": detail}}

    assert (await api.callback(report)).status_code == 202


@BODIES
@given(data=st.data())
async def test_fresh_urls(api: Api, known: Known, data: st.DataObject) -> None:
    named = {"listingId": st.just(known.listing), "batchId": st.just(known.batch)}
    await ask(api, f"{UPLOADS}/urls", data.draw(almost(**named, clientIds=st.lists(CLIENT_ID, max_size=3)) | ANYTHING))


@BODIES
@given(data=st.data())
async def test_completions(api: Api, known: Known, data: st.DataObject) -> None:
    named = {"listingId": st.just(known.listing), "batchId": st.just(known.batch)}
    body = data.draw(almost(**named, files=UPLOADED, dropMissing=st.booleans()) | ANYTHING)
    await ask(api, f"{UPLOADS}/complete", body)


@BODIES
@given(data=st.data())
@pytest.mark.parametrize("path", ["status", "retry"])
async def test_questions_on_a_batch(api: Api, known: Known, path: str, data: st.DataObject) -> None:
    named = {"listingId": st.just(known.listing) | IDENTITY, "batchId": st.just(known.batch) | IDENTITY}
    await ask(api, f"{UPLOADS}/{path}", data.draw(almost(**named) | ANYTHING))


@BODIES
@given(data=st.data())
async def test_download_queries(api: Api, known: Known, data: st.DataObject) -> None:
    named = {"listingId": st.just(known.listing), "batchId": st.just(known.batch)}
    renditions = st.lists(st.sampled_from(OFFERED) | st.text(max_size=8), max_size=4)
    await ask(api, DOWNLOADS, data.draw(almost(**named, renditions=renditions) | ANYTHING))


@BODIES
@given(data=st.data())
async def test_callbacks(api: Api, known: Known, data: st.DataObject) -> None:
    key = st.just(f"{known.listing}/processed/x.jpg") | st.text(max_size=8)
    outputs = st.lists(
        almost(
            assetId=IDENTITY,
            processedKey=key,
            thumbnailKey=key,
            renditions=st.dictionaries(st.sampled_from(["small", "x"]), key, max_size=2),
            errorCode=st.text(max_size=8),
        ),
        max_size=3,
    )
    body = data.draw(
        almost(
            jobId=st.just(known.job),
            attempt=st.just(1) | st.integers(),
            status=st.sampled_from(["RUNNING", "SUCCEEDED", "PARTIAL_SUCCESS", "FAILED"]),
            outputs=outputs,
            zip=almost(key=key),
            error=almost(code=st.text(max_size=8), detail=st.text(max_size=8)),
        )
        | ANYTHING
    )
    assert_answered(api, await api.callback(body))


@BODIES
@given(data=st.data())
async def test_listings(api: Api, data: st.DataObject) -> None:
    booking = almost(
        id=IDENTITY,
        photographerId=IDENTITY,
        status=st.sampled_from(["DONE", "ACTIVE", "LATE"]),
        scheduledAt=st.datetimes().map(lambda moment: f"{moment.isoformat()}+14:00"),
    )
    body = data.draw(
        almost(
            ownerId=IDENTITY,
            kind=st.sampled_from(list(ListingKind)),
            status=st.sampled_from(list(ListingStatus)),
            bookings=st.lists(booking, max_size=3),
        )
        | ANYTHING
    )
    listing = build_listing(id=IDS.new())
    path = f"{LISTINGS}/{listing.id}"
    answer = await api.client.put(path, content=json.dumps(body), headers=api.headers(PRINCIPALS["service"]))
    assert_answered(api, answer)


@BODIES
@given(body=st.binary(max_size=64) | st.text(max_size=64).map(lambda text: text.encode("utf-8", "surrogatepass")))
@pytest.mark.parametrize("path", [UPLOADS, f"{UPLOADS}/urls", f"{UPLOADS}/complete", DOWNLOADS])
async def test_bytes(api: Api, path: str, body: bytes) -> None:
    await ask(api, path, body)


@BODIES
@given(query=st.dictionaries(st.sampled_from(["listingId", "cursor", "limit", "x"]), st.text(max_size=30), max_size=4))
async def test_query_strings(api: Api, query: dict[str, str]) -> None:
    encoded = {name: value.encode("utf-8", "surrogatepass") for name, value in query.items()}
    assert_answered(api, await api.client.get(UPLOADS, params=encoded, headers=api.headers()))


LIBRARY = ["kind", "mediaType", "folder", "mime", "status", "uploader", "unused", "search", "cursor", "limit", "x"]
LIKELY = st.sampled_from(["product", "image", "general", "image/jpeg", "READY", "true", "bottle", "1", "AgA", "AQ"])
ANY_BYTES = st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=30)


@pytest.fixture(scope="module")
async def media(api: Api) -> Media:
    media = ready_media(user_id=PHOTOGRAPHER)
    await store(api.begin, media)
    async with api.begin() as tx:
        await tx.media.lock(media.id)
        await tx.attachments.apply(added=[build_attachment(media) for _ in range(2)], removed=[])
        await tx.commit()
    return media


@BODIES
@given(query=st.lists(st.tuples(st.sampled_from(LIBRARY), LIKELY.map(str.encode) | ANY_BYTES), max_size=6))
async def test_query_strings_of_the_library(api: Api, media: Media, query: list[tuple[str, bytes]]) -> None:
    for path in (MEDIA, f"{MEDIA}/{media.id}/usages"):
        assert_answered(api, await api.client.get(path, params=query, headers=api.headers()))


@BODIES
@given(search=ANY_TEXT.map(lambda text: text[:100]), folder=ANY_TEXT.map(lambda text: text[:100]))
async def test_any_words_are_looked_for(api: Api, media: Media, search: str, folder: str) -> None:
    answer = await api.client.get(MEDIA, params={"search": search, "folder": folder}, headers=api.headers())

    assert answer.status_code == (200 if words_of(search) else 422), answer.text


@BODIES
@given(
    body=almost(
        altText=st.text(max_size=501),
        description=st.text(max_size=10_001),
        folder=st.text(max_size=101),
        originalName=st.text(max_size=256),
    )
    | ANYTHING,
    tag=st.sampled_from([b"*", b'"1"', b'W/"1"']) | st.binary(max_size=12).filter(lambda tag: b"\n" not in tag),
)
async def test_changes_of_media(api: Api, media: Media, body: Any, tag: bytes) -> None:
    headers = [*api.headers().items(), ("if-match", tag)]
    content = json.dumps(body).encode()
    assert_answered(api, await api.client.patch(f"{MEDIA}/{media.id}", content=content, headers=headers))


@BODIES
@given(said=st.fixed_dictionaries(dict.fromkeys(["originalName", "altText", "description", "folder"], ANY_TEXT)))
async def test_what_is_said_of_a_media_comes_back_as_it_was(api: Api, media: Media, said: dict[str, str]) -> None:
    answer = await api.client.patch(f"{MEDIA}/{media.id}", json=said, headers={**api.headers(), "if-match": "*"})

    if answer.status_code == 200:
        stored = (await api.client.get(f"{MEDIA}/{media.id}", headers=api.headers())).json()
        assert {member: stored[member] for member in said} == said
    else:
        assert answer.status_code == 422, answer.text


@BODIES
@given(dry_run=st.sampled_from(["", "maybe", "True", "on", "-1"]) | ANY_TEXT.filter(lambda text: len(text) > 5))
async def test_what_is_neither_true_nor_false_deletes_nothing(api: Api, media: Media, dry_run: str) -> None:
    answer = await api.client.delete(f"{MEDIA}/{media.id}", params={"dryRun": dry_run}, headers=api.headers())

    assert_answered(api, answer)
    assert answer.status_code in {200, 422}
    assert (await api.client.get(f"{MEDIA}/{media.id}", headers=api.headers())).status_code == 200
