"""Reading, describing and deleting the media of a store, as clients see it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.memory.clock import ManualClock
from domain.ids import MediaId, StoreId
from domain.media.kind import MediaKind
from domain.media.media import Media, MediaStatus
from domain.principal import Principal
from entrypoints.http.media.entity_tag import entity_tag
from tests.application.media.uploaded import uploaded
from tests.builders import IDS, NOW, PHOTOGRAPHER, build_attachment, build_media, ready_media
from tests.contracts.stored import read, store
from tests.entrypoints.http.api import APP_ORIGIN, MEDIA, PHOTOGRAPHER_PRINCIPAL, PRINCIPALS, Api
from tests.entrypoints.http.problems import refused, violations

Ask = Callable[..., Awaitable[httpx.Response]]
CURSOR = "AQGXofA8AHAAgAAAAAAAAAI"


def mine(**changes: Any) -> Media:
    """A media of the photographer."""
    return ready_media(**{"user_id": PHOTOGRAPHER} | changes)


async def get(
    api: Api, media: Media | str, *, who: Principal = PHOTOGRAPHER_PRINCIPAL, **params: str
) -> httpx.Response:
    path = media if isinstance(media, str) else f"{MEDIA}/{media.id}"
    return await api.client.get(path, params=params, headers=api.headers(who))


async def patch(
    api: Api, media: Media, body: Any, *tags: str, who: Principal = PHOTOGRAPHER_PRINCIPAL
) -> httpx.Response:
    headers = [*api.headers(who).items(), *[("if-match", tag) for tag in tags]]
    return await api.client.patch(f"{MEDIA}/{media.id}", json=body, headers=headers)


async def delete(api: Api, media: Media, *, who: Principal = PHOTOGRAPHER_PRINCIPAL, **params: str) -> httpx.Response:
    return await api.client.delete(f"{MEDIA}/{media.id}", params=params, headers=api.headers(who))


async def listed(api: Api, *, who: Principal = PHOTOGRAPHER_PRINCIPAL, **params: str) -> list[str]:
    answer = await get(api, MEDIA, who=who, **params)
    assert answer.status_code == 200, answer.text
    return [each["mediaId"] for each in answer.json()["media"]]


async def use(api: Api, media: Media, *entity_types: str) -> None:
    async with api.begin() as tx:
        await tx.media.lock(media.id)
        added = [build_attachment(media, entity_type=name) for name in entity_types]
        await tx.attachments.apply(added=added, removed=[])
        await tx.commit()


def ids(media: Sequence[Media]) -> list[str]:
    return [str(each.id) for each in media]


# One media.


async def test_a_media_with_what_was_derived_of_it(api: Api) -> None:
    media = await uploaded(api)
    await api.work()

    answer = await get(api, media)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["mediaId"], body["status"], body["mediaType"]) == (str(media.id), "READY", "image")
    assert body["metadata"] == {"width": 40, "height": 30}
    assert {variant["name"] for variant in body["variants"]} == {"thumbnail", "small", "medium", "large"}
    assert body["expiresAt"] == (NOW + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    for url in (body["url"], *(variant["url"] for variant in body["variants"])):
        fetched = api.http.send("GET", url)
        assert (fetched.status, fetched.body) == (200, b"\xff\xd8\xff one")


async def test_a_video_plays_from_its_signed_playlist(api: Api) -> None:
    media = await uploaded(api, b"\0\0\0\x18ftypmp42 film", "video/mp4")
    await api.work()
    variants = {each["name"]: each["url"] for each in (await get(api, media)).json()["variants"]}
    assert {"hls", "mp4-720p"} <= variants.keys()
    assert "hls-720p" not in variants

    master = await api.client.get(variants["hls"])
    rung = await api.client.get(master.text.splitlines()[2])

    assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert api.http.send("GET", rung.text.splitlines()[-1]).status == 200
    refused(await api.client.get(variants["hls"].replace("signature=", "signature=x")), 403, "LINK_REFUSED")
    api.clock.advance(timedelta(hours=1))
    refused(await api.client.get(variants["hls"]), 403, "LINK_REFUSED")


async def test_a_video_that_is_going_plays_no_more(api: Api) -> None:
    media = await uploaded(api, b"\0\0\0\x18ftypmp42 film", "video/mp4")
    await api.work()
    owner = PRINCIPALS["owner"]
    [hls] = [each["url"] for each in (await get(api, media)).json()["variants"] if each["name"] == "hls"]
    assert (await delete(api, media, who=owner)).status_code == 204

    refused(await api.client.get(hls), 404, "MEDIA_NOT_FOUND")


@pytest.mark.parametrize(
    ("mime_type", "inline"),
    [
        ("image/jpeg", True),
        ("video/webm", True),
        ("application/pdf", True),
        ("image/svg+xml", False),
        ("text/html", False),
        ("application/octet-stream", False),
    ],
)
async def test_what_browsers_must_not_show_is_a_download(api: Api, mime_type: str, inline: bool) -> None:
    media = mine(blob_id=IDS.new(), kind=MediaKind.OTHER, mime_type=mime_type, original_name="größe.svg")
    await store(api.begin, media)

    url = (await get(api, media)).json()["url"]

    assert (api.signer.claims(url) or {}).get("download_as") == (None if inline else "größe.svg")


@pytest.mark.parametrize("kind", [MediaKind.COA, MediaKind.LICENSE_DOC, MediaKind.MANIFEST])
async def test_what_is_confidential_is_a_download_that_lives_for_minutes(api: Api, kind: MediaKind) -> None:
    media = await uploaded(api, b"%PDF- secret", "application/pdf")
    await api.work()
    secret = replace(await _stored(api, media), id=MediaId(IDS.new()), version=0, kind=kind, user_id=PHOTOGRAPHER)
    await store(api.begin, secret)

    body = (await get(api, secret)).json()

    assert body["expiresAt"] == (NOW + timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    urls = [body["url"], *(variant["url"] for variant in body["variants"])]
    assert len(urls) == 5
    clock: ManualClock = api.clock
    assert all("attachment" in api.http.send("GET", url).headers["content-disposition"] for url in urls)
    clock.advance(timedelta(minutes=5, seconds=1))
    assert {api.http.send("GET", url).status for url in urls} == {403}


@pytest.mark.parametrize(
    "changes",
    [
        {"status": MediaStatus.PENDING},
        {"status": MediaStatus.PENDING, "blob_id": IDS.new()},
        {"status": MediaStatus.FAILED, "blob_id": None},
        {"status": MediaStatus.READY, "blob_id": IDS.new(), "quarantined_at": NOW},
    ],
)
async def test_what_cannot_be_fetched_has_no_urls(api: Api, changes: dict[str, Any]) -> None:
    media = mine(**changes)
    await store(api.begin, media)

    body = (await get(api, media)).json()

    assert (body["url"], body["expiresAt"], body["variants"]) == (None, None, [])
    assert ("quarantinedAt" in body) == ("quarantined_at" in changes)


@pytest.mark.parametrize("status", ["DELETE_REQUESTED", "DELETE_FAILED", "DELETED"])
async def test_what_is_going_or_gone_is_not_found(api: Api, status: str) -> None:
    media = mine(status=MediaStatus(status))
    await store(api.begin, media)

    for who in (PHOTOGRAPHER_PRINCIPAL, PRINCIPALS["admin"]):
        refused(await get(api, media, who=who), 404, "MEDIA_NOT_FOUND")
        refused(await get(api, f"{MEDIA}/{media.id}/usages", who=who), 404, "MEDIA_NOT_FOUND")
        refused(await patch(api, media, {}, "*", who=who), 404, "MEDIA_NOT_FOUND")
    assert await listed(api) == []


async def test_what_is_missing_and_what_is_no_id(api: Api) -> None:
    refused(await get(api, build_media()), 404, "MEDIA_NOT_FOUND")
    for path in ("nonsense", "123", "%00", "00000000-0000-0000-0000-00000000000g", "x/usages"):
        refused(await get(api, f"{MEDIA}/{path}"), 404, "NOT_FOUND")


# The library.


async def test_the_library_is_shown_newest_first_page_by_page(api: Api) -> None:
    media = [mine() for _ in range(5)]
    await store(api.begin, *media)
    seen, sizes = [], []
    params = {"limit": "2"}

    while True:
        page = (await get(api, MEDIA, **params)).json()
        seen += [each["mediaId"] for each in page["media"]]
        sizes.append(len(page["media"]))
        if page["nextCursor"] is None:
            break
        params["cursor"] = page["nextCursor"]

    assert seen == ids(media)[::-1]
    assert sizes == [2, 2, 1]


async def test_a_page_has_25_media_unless_told_otherwise(api: Api) -> None:
    await store(api.begin, *[mine() for _ in range(101)])

    assert len(await listed(api)) == 25
    assert len(await listed(api, limit="100")) == 100


async def test_a_listed_media_has_its_picture(api: Api) -> None:
    media = await uploaded(api)
    await api.work()
    await store(api.begin, mine(status=MediaStatus.PENDING))

    pending, shown = (await get(api, MEDIA)).json()["media"]

    assert pending["thumbnail"] is None
    assert shown["mediaId"] == str(media.id)
    assert api.http.send("GET", shown["thumbnail"]).status == 200


async def test_each_filter_narrows_what_is_shown_and_all_of_them_together(api: Api) -> None:
    plain = mine()
    other = mine(
        kind=MediaKind.OTHER,
        folder="autumn",
        mime_type="text/plain",
        status=MediaStatus.FAILED,
        user_id=PRINCIPALS["owner"].user_id,
        original_name="Notes of the Kitchen.txt",
    )
    await store(api.begin, plain, other)
    await use(api, plain, "product_gallery")
    filters = {
        "kind": "other",
        "mediaType": "other",
        "folder": "autumn",
        "mime": "text/plain",
        "status": "FAILED",
        "uploader": str(PRINCIPALS["owner"].user_id),
        "unused": "true",
        "search": "kitchen NOT",
    }

    for name, value in filters.items():
        assert await listed(api, **{name: value}) == ids([other]), name
    assert await listed(api, **filters) == ids([other])
    assert await listed(api, **{**filters, "kind": "product"}) == []
    assert await listed(api, unused="false") == ids([other, plain])


async def test_confidential_media_are_listed_for_those_who_may_see_them(api: Api) -> None:
    owner = PRINCIPALS["owner"].user_id
    public, own, foreign = mine(), mine(kind=MediaKind.COA), mine(kind=MediaKind.COA, user_id=owner)
    await store(api.begin, public, own, foreign)

    assert await listed(api) == ids([own, public])
    assert await listed(api, kind="coa") == ids([own])
    assert await listed(api, uploader=str(owner)) == []
    for who in ("owner", "admin", "service"):
        assert await listed(api, who=PRINCIPALS[who]) == ids([foreign, own, public])
    assert await listed(api, who=PRINCIPALS["nobody"]) == ids([public])


async def test_every_wrong_parameter_is_named(api: Api) -> None:
    wrong = {
        "kind": "poster",
        "mediaType": "sculpture",
        "folder": "",
        "mime": "jpeg",
        "status": "DELETED",
        "uploader": "me",
        "unused": "perhaps",
        "search": "--- _",
        "cursor": "x" * 101,
        "limit": "101",
    }

    answer = await get(api, MEDIA, **wrong)

    assert violations(answer) == {
        ("/kind", "UNKNOWN_VALUE"),
        ("/mediaType", "UNKNOWN_VALUE"),
        ("/folder", "LENGTH"),
        ("/mime", "FORMAT"),
        ("/status", "UNKNOWN_VALUE"),
        ("/uploader", "FORMAT"),
        ("/unused", "WRONG_TYPE"),
        ("/search", "FORMAT"),
        ("/cursor", "LENGTH"),
        ("/limit", "RANGE"),
    }
    details = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert details["/kind"].endswith("product, ads, pdf, license_doc, coa, manifest, user, store, other")
    assert details["/status"].endswith("PENDING, UPLOADED, READY, FAILED")
    assert details["/mime"] == "a MIME type, such as image/png"


@pytest.mark.parametrize("search", ["\N{GRINNING FACE}", "%", "--- _"])
async def test_what_has_neither_letters_nor_digits_is_no_search(api: Api, search: str) -> None:
    (error,) = refused(await get(api, MEDIA, search=search), 422, "VALIDATION_FAILED")["errors"]

    assert error["detail"] == "letters and digits are what is searched for; this has none"


async def test_the_case_of_a_mime_type_does_not_matter(api: Api) -> None:
    await store(api.begin, picture := mine(mime_type="image/png"))

    assert await listed(api, mime="image/PNG") == ids([picture])


@pytest.mark.parametrize("cursor", ["garbage", "", "x", "A" * 23, "%00", "é", CURSOR[:-1], f"{CURSOR}A"])
async def test_a_cursor_that_is_not_ours_is_refused(api: Api, cursor: str) -> None:
    media = mine()
    await store(api.begin, media)

    assert violations(await get(api, MEDIA, cursor=cursor)) == {("/cursor", "FORMAT")}
    assert violations(await get(api, f"{MEDIA}/{media.id}/usages", cursor=cursor)) == {("/cursor", "FORMAT")}


# What is said of a media.


async def test_a_change_answers_the_media_with_its_new_tag(api: Api) -> None:
    media = mine(alt_text="A bottle", description="Of glass")
    await store(api.begin, media)
    tag = (await get(api, media)).headers["etag"]

    answer = await patch(api, media, {"altText": "A green bottle", "description": None, "folder": "spring"}, tag)

    assert answer.status_code == 200
    body = answer.json()
    assert (body["altText"], body["description"], body["folder"]) == ("A green bottle", None, "spring")
    assert body["originalName"] == "bottle.jpg"
    assert answer.headers["etag"] == (await get(api, media)).headers["etag"] != tag
    assert await listed(api, folder="spring") == ids([media])
    assert await listed(api, search="bottle") == ids([media])


async def test_a_renamed_media_is_found_by_its_new_name(api: Api) -> None:
    media = mine()
    await store(api.begin, media)

    assert (await patch(api, media, {"originalName": "Größe.jpg"}, "*")).json()["originalName"] == "Größe.jpg"

    assert await listed(api, search="GRÖSSE") == ids([media])
    assert await listed(api, search="bottle") == []


async def test_without_knowing_what_there_is_nothing_is_changed(api: Api) -> None:
    media = mine()
    await store(api.begin, media)

    refused(await patch(api, media, {"altText": "x"}), 428, "PRECONDITION_REQUIRED")

    assert (await get(api, media)).json()["altText"] is None


@pytest.mark.parametrize(
    "tags", [['"2"'], ['"x"', '"y"'], ["W/{tag}"], ['""'], ['"2", W/{tag}'], ['"' + "9" * 5000 + '"']]
)
async def test_of_a_media_that_was_changed_meanwhile_nothing_is_overwritten(api: Api, tags: list[str]) -> None:
    media = mine()
    await store(api.begin, media)

    given = [tag.format(tag=entity_tag(media)) for tag in tags]
    refused(await patch(api, media, {"altText": "x"}, *given), 412, "MEDIA_CHANGED")

    assert (await get(api, media)).json()["altText"] is None


@pytest.mark.parametrize("tags", [["*"], ["{tag}"], ['"7", {tag}'], ['"7"', "{tag}"], [' {tag} ,, W/"2"']])
async def test_any_of_several_tags_will_do(api: Api, tags: list[str]) -> None:
    media = mine()
    await store(api.begin, media)

    given = [tag.format(tag=entity_tag(media)) for tag in tags]
    assert (await patch(api, media, {"altText": "x"}, *given)).status_code == 200


async def test_what_happens_to_its_bytes_and_uses_does_not_make_a_change_stale(api: Api) -> None:
    media = mine(status=MediaStatus.UPLOADED)
    await store(api.begin, media)
    tag = (await get(api, media)).headers["etag"]

    async with api.begin() as tx:
        processed = await tx.media.lock(media.id)
        assert processed is not None
        processed.ready(facts=None, renditions=(), now=api.now)
        await tx.media.save(processed)
        await tx.commit()

    answer = await patch(api, media, {"altText": "x"}, tag)
    assert (answer.status_code, answer.json()["status"]) == (200, "READY")


@pytest.mark.parametrize("tag", ["1", '"1', "**", '"1" "2"', "W/1", ","])
async def test_what_is_no_entity_tag_is_malformed(api: Api, tag: str) -> None:
    media = mine()
    await store(api.begin, media)

    refused(await patch(api, media, {"altText": "x"}, tag), 400, "MALFORMED_IF_MATCH")


async def test_of_twenty_that_change_what_they_have_read_one_wins(api: Api) -> None:
    media = mine()
    await store(api.begin, media)

    answers = await asyncio.gather(*[patch(api, media, {"altText": f"text {n}"}, entity_tag(media)) for n in range(20)])

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19


async def test_saying_the_same_again_changes_nothing(api: Api) -> None:
    media = mine(alt_text="A bottle")
    await store(api.begin, media)

    for body in ({}, {"altText": "A bottle"}):
        answer = await patch(api, media, body, entity_tag(media))
        assert (answer.status_code, answer.headers["etag"]) == (200, entity_tag(media))

    await patch(api, media, {"altText": "Another"}, entity_tag(media))
    async with api.begin() as tx:
        told = [entry.message.type for entry in await tx.outbox.take(limit=10, now=NOW)]
    assert told == ["media.updated"]


async def test_broken_rules_of_a_change_are_told_beside_a_broken_structure(api: Api) -> None:
    media = mine()
    await store(api.begin, media)
    body = {"folder": " a", "originalName": "", "altText": "x" * 501, "description": 5, "kind": "ads", "foo": 1}

    answer = await patch(api, media, body, "*")

    assert violations(answer) == {
        ("/folder", "LENGTH"),
        ("/originalName", "LENGTH"),
        ("/altText", "LENGTH"),
        ("/description", "WRONG_TYPE"),
        ("/kind", "UNKNOWN_FIELD"),
        ("/foo", "UNKNOWN_FIELD"),
    }


@pytest.mark.parametrize("body", [[], 5, "x"])
async def test_a_change_is_an_object(api: Api, body: Any) -> None:
    media = mine()
    await store(api.begin, media)

    assert violations(await patch(api, media, body, "*")) == {("", "WRONG_TYPE")}


async def test_every_wrong_member_of_a_change_is_named(api: Api) -> None:
    media = mine()
    await store(api.begin, media)

    structure = await patch(api, media, {"altText": 5, "folder": None, "originalName": None, "kind": "ads"}, "*")
    rules = await patch(
        api,
        media,
        {"altText": "x" * 501, "description": "a\x07", "folder": " a", "originalName": "a\nb" + "x" * 255},
        "*",
    )

    assert violations(structure) == {
        ("/altText", "WRONG_TYPE"),
        ("/folder", "WRONG_TYPE"),
        ("/originalName", "WRONG_TYPE"),
        ("/kind", "UNKNOWN_FIELD"),
    }
    assert violations(rules) == {
        ("/altText", "LENGTH"),
        ("/description", "CONTROL_CHARACTERS"),
        ("/folder", "LENGTH"),
        ("/originalName", "LENGTH"),
        ("/originalName", "CONTROL_CHARACTERS"),
    }
    assert violations(await patch(api, media, {"altText": "a\0"}, "*")) == {("/altText", "NUL_CHARACTER")}
    assert violations(await patch(api, media, {"originalName": "  "}, "*")) == {("/originalName", "LENGTH")}
    assert (await patch(api, media, {"description": "two\n\tlines"}, "*")).status_code == 200


async def test_browsers_may_change_media_and_read_their_tags(api: Api) -> None:
    media = mine()
    await store(api.begin, media)
    asked = {"origin": APP_ORIGIN, "access-control-request-method": "PATCH"}

    preflight = await api.client.options(
        f"{MEDIA}/{media.id}", headers={**asked, "access-control-request-headers": "authorization,if-match"}
    )
    answer = await api.client.get(f"{MEDIA}/{media.id}", headers={**api.headers(), "origin": APP_ORIGIN})

    assert preflight.status_code == 204
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
    assert "if-match" in preflight.headers["access-control-allow-headers"].lower()
    assert "etag" in answer.headers["access-control-expose-headers"].lower()


# Who uses it, and how it goes.


async def test_usages_are_shown_page_by_page_protected_or_not(api: Api) -> None:
    media = mine()
    await store(api.begin, media)
    await use(api, media, "product_gallery", "license", "store_logo", "a type that is gone", "product_gallery")
    seen, params = [], {"limit": "2"}

    while True:
        page = (await get(api, f"{MEDIA}/{media.id}/usages", **params)).json()
        assert len(page["usages"]) <= 2
        seen += page["usages"]
        if page["nextCursor"] is None:
            break
        params["cursor"] = page["nextCursor"]

    assert [(each["entityType"], each["protected"]) for each in seen] == [
        ("a type that is gone", True),
        ("license", True),
        *[("product_gallery", False)] * 2,
        ("store_logo", False),
    ]
    assert all(set(each) == {"entityType", "entityId", "since", "protected"} for each in seen)
    assert (await get(api, media)).json()["usageCount"] == 5


async def test_a_deletion_is_accepted_hides_the_media_and_may_be_repeated(api: Api) -> None:
    media = mine()
    await store(api.begin, media)
    await use(api, media, "product_gallery")

    answer = await delete(api, media)

    assert (answer.status_code, answer.content) == (204, b"")
    refused(await get(api, media), 404, "MEDIA_NOT_FOUND")
    assert await listed(api) == []
    assert (await delete(api, media)).status_code == 204
    async with api.begin() as tx:
        assert len(await tx.attachments.of_media(media.id)) == 1, "the worker ends it"
        told = [entry.message.type for entry in await tx.outbox.take(limit=10, now=NOW)]
    assert told == ["media.delete_requested"]


@pytest.mark.parametrize("protector", ["license", "ad"])
async def test_a_refused_deletion_lists_every_blocker(api: Api, protector: str) -> None:
    media = mine()
    await store(api.begin, media)
    await use(api, media, protector, "product_gallery", protector, "who knows")

    problem = refused(await delete(api, media), 409, "MEDIA_PROTECTED")

    found = [(each["entityType"], each["since"]) for each in problem["blockers"]]
    since = NOW.isoformat().replace("+00:00", "Z")
    assert found == [(protector, since), (protector, since), ("who knows", since)]
    assert all(set(each) == {"entityType", "entityId", "since"} for each in problem["blockers"])
    assert (await get(api, media)).json()["status"] == "READY"


async def test_a_dry_run_says_what_would_happen(api: Api) -> None:
    free, held = mine(), mine()
    await store(api.begin, free, held)
    await use(api, free, "product_gallery")
    await use(api, held, "product_gallery", "license")

    allowed, forbidden = await delete(api, free, dryRun="true"), await delete(api, held, dryRun="true")

    assert (allowed.status_code, forbidden.status_code) == (200, 200)
    assert allowed.json()["allowed"] is True
    assert [use["entityType"] for use in allowed.json()["detached"]] == ["product_gallery"]
    assert forbidden.json()["allowed"] is False
    assert [use["entityType"] for use in forbidden.json()["blockers"]] == ["license"]
    assert forbidden.json()["detached"] == []
    assert await listed(api) == ids([held, free])
    assert violations(await delete(api, free, dryRun="maybe")) == {("/dryRun", "WRONG_TYPE")}
    assert violations(await delete(api, free, dryrun="true")) == {("/dryrun", "UNKNOWN_FIELD")}
    assert (await delete(api, free, dryRun="false")).status_code == 204


# Who may do what.

EVERYBODY = frozenset(PRINCIPALS)
MANAGERS = frozenset({"photographer", "owner", "other owner", "admin", "service"})
ASKS: dict[str, tuple[Ask, frozenset[str]]] = {
    "see": (get, EVERYBODY),
    "see usages": (lambda api, media, *, who: get(api, f"{MEDIA}/{media.id}/usages", who=who), EVERYBODY),
    "change": (lambda api, media, *, who: patch(api, media, {"altText": "x"}, "*", who=who), MANAGERS),
    "ask what deleting would do": (lambda api, media, *, who: delete(api, media, who=who, dryRun="true"), MANAGERS),
    "delete": (delete, MANAGERS),
}


@pytest.mark.parametrize("who", PRINCIPALS)
@pytest.mark.parametrize("what", ASKS)
@pytest.mark.parametrize("confidential", [False, True])
async def test_who_may_do_what(api: Api, what: str, who: str, confidential: bool) -> None:
    """What is confidential exists for its uploader and for those who run the store."""
    media = mine(kind=MediaKind.COA if confidential else MediaKind.PRODUCT)
    await store(api.begin, media)
    ask, allowed = ASKS[what]

    answer = await ask(api, media, who=PRINCIPALS[who])

    if who in (allowed & MANAGERS if confidential else allowed):
        assert answer.is_success, answer.text
    elif confidential:
        refused(answer, 404, "MEDIA_NOT_FOUND")
    else:
        refused(answer, 403, "NOT_PERMITTED")


# Other stores.


@pytest.mark.parametrize("who", ["photographer", "owner", "admin", "service"])
async def test_in_another_store_there_is_nothing(api: Api, who: str) -> None:
    media = mine()
    await store(api.begin, media)
    stranger = replace(PRINCIPALS[who], store_id=StoreId(IDS.new()))

    refused(await get(api, media, who=stranger), 404, "MEDIA_NOT_FOUND")
    refused(await get(api, f"{MEDIA}/{media.id}/usages", who=stranger), 404, "MEDIA_NOT_FOUND")
    refused(await patch(api, media, {"altText": "x"}, "*", who=stranger), 404, "MEDIA_NOT_FOUND")
    refused(await delete(api, media, who=stranger), 404, "MEDIA_NOT_FOUND")
    refused(await delete(api, media, who=stranger, dryRun="true"), 404, "MEDIA_NOT_FOUND")
    assert await listed(api, who=stranger) == []
    assert await read(api.begin, media) == media


async def _stored(api: Api, media: Media) -> Media:
    found = await read(api.begin, media)
    assert isinstance(found, Media)
    return found
