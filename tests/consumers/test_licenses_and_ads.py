"""Licenses and ads protect what they use."""

from datetime import timedelta
from uuid import UUID

import pytest

from application.ads.slots import creatives_changed
from domain.ads.ad import Creative
from domain.ads.repository import Ads
from domain.ids import AdId, LicenseId, MediaId, StoreId
from domain.licenses.repository import Licenses
from domain.media.content_class import SVG
from domain.media.kind import MediaKind
from domain.media.media import MediaStatus
from tests.builders import IDS, NOW
from tests.consumers.shop import CUSTOMER, JUDGE, STRANGER, Shop
from tests.entrypoints.http.problems import violations


async def license_of(shop: Shop, media_id: str) -> str:
    created = await shop.done("POST", "/licenses", {"number": "A-4711", "mediaId": media_id})
    return str(created["licenseId"])


async def decide(shop: Shop, license_id: str, status: str) -> None:
    await shop.done("PUT", f"/licenses/{license_id}/status", {"status": status}, who=JUDGE)


@pytest.mark.parametrize("status", [MediaStatus.UPLOADED, MediaStatus.READY])
@pytest.mark.parametrize("mime_type", ["application/pdf", "image/jpeg"])
async def test_a_license_creates_a_protected_use(shop: Shop, status: MediaStatus, mime_type: str) -> None:
    document = await shop.media(status=status, mime_type=mime_type, kind=MediaKind.LICENSE_DOC)

    license_id = await license_of(shop, document)

    assert await shop.uses(document) == [("license", license_id)]
    assert shop.api.entity_types.is_protected("license")


@pytest.mark.parametrize("mime_type", ["video/mp4", SVG])
async def test_a_license_is_proved_by_a_document(shop: Shop, mime_type: str) -> None:
    answer = await shop.ask("POST", "/licenses", {"number": "A", "mediaId": await shop.media(mime_type=mime_type)})

    assert violations(answer) == {("/mediaId", "MEDIA_TYPE_NOT_ALLOWED")}
    assert await shop.ledger() == []


@pytest.mark.parametrize("status", ["PENDING", "APPROVED"])
async def test_in_force_it_is_not_deleted(shop: Shop, status: str) -> None:
    document = await shop.document()
    license_id = await license_of(shop, document)
    if status != "PENDING":
        await decide(shop, license_id, status)

    await shop.refused(409, "LICENSE_IN_FORCE", "DELETE", f"/licenses/{license_id}")

    assert await shop.uses(document) == [("license", license_id)]


@pytest.mark.parametrize("status", ["REJECTED", "EXPIRED"])
async def test_once_over_it_is_deleted_and_its_document_released(shop: Shop, status: str) -> None:
    document = await shop.document()
    license_id = await license_of(shop, document)
    await decide(shop, license_id, status)
    assert await shop.uses(document) == [("license", license_id)], "over, it is protected still"

    await shop.done("DELETE", f"/licenses/{license_id}")

    assert await shop.uses(document) == []
    await shop.refused(404, "LICENSE_NOT_FOUND", "GET", f"/licenses/{license_id}")


async def test_another_document_releases_the_first(shop: Shop) -> None:
    first, second = await shop.document(), await shop.document()
    license_id = await license_of(shop, first)
    await decide(shop, license_id, "REJECTED")

    changed = await shop.done("PATCH", f"/licenses/{license_id}", {"mediaId": second})

    assert (changed["mediaId"], changed["status"], changed["number"]) == (second, "PENDING", "A-4711")
    assert await shop.uses(first) == []
    assert await shop.uses(second) == [("license", license_id)]


@pytest.mark.parametrize("nothing", [{}, {"number": "A-4711"}])
async def test_what_changes_nothing_is_not_decided_upon_anew(shop: Shop, nothing: dict[str, str]) -> None:
    license_id = await license_of(shop, await shop.document())
    await decide(shop, license_id, "REJECTED")

    assert (await shop.done("PATCH", f"/licenses/{license_id}", nothing))["status"] == "REJECTED"


async def test_what_is_decided_stays_as_it_is(shop: Shop) -> None:
    license_id = await license_of(shop, await shop.document())
    await decide(shop, license_id, "APPROVED")

    await shop.refused(409, "LICENSE_DECIDED", "PATCH", f"/licenses/{license_id}", {"number": "B"})


@pytest.mark.parametrize("status", ["PENDING", "APPROVED", "REJECTED", "EXPIRED"])
async def test_a_decision_may_be_repeated_and_is_written_once(shop: Shop, status: str) -> None:
    license_id = await license_of(shop, await shop.document())
    path = f"/licenses/{license_id}"
    first = await shop.done("PUT", f"{path}/status", {"status": status}, who=JUDGE)
    written = await version_of(shop, license_id)
    shop.api.clock.advance(timedelta(seconds=1))

    again = await shop.done("PUT", f"{path}/status", {"status": status}, who=JUDGE)

    assert first["status"] == status
    assert again == first == await shop.done("GET", path)
    assert await version_of(shop, license_id) == written


async def version_of(shop: Shop, license_id: str) -> int:
    async with shop.begin() as tx:
        found = await tx.repository(Licenses).find(LicenseId(UUID(license_id)))
    assert found is not None
    return found.version


async def test_what_is_over_is_not_approved_any_more(shop: Shop) -> None:
    license_id = await license_of(shop, await shop.document())
    await decide(shop, license_id, "EXPIRED")

    body = {"status": "APPROVED"}
    await shop.refused(409, "INVALID_STATE", "PUT", f"/licenses/{license_id}/status", body, who=JUDGE)


async def test_who_deals_with_licenses(shop: Shop) -> None:
    document = await shop.document()
    license_id = await license_of(shop, document)
    path, body = f"/licenses/{license_id}", {"number": "A", "mediaId": document}
    for method, where, sent in (
        ("POST", "/licenses", body),
        ("GET", "/licenses", None),
        ("GET", path, None),
        ("PATCH", path, {"number": "B"}),
        ("PUT", f"{path}/status", {"status": "APPROVED"}),
        ("DELETE", path, None),
    ):
        await shop.refused(403, "NOT_PERMITTED", method, where, sent, who=CUSTOMER)
    await shop.refused(403, "NOT_PERMITTED", "PUT", f"{path}/status", {"status": "APPROVED"})
    for method, where, sent in (
        ("GET", path, None),
        ("PATCH", path, {"number": "B"}),
        ("PUT", f"{path}/status", {"status": "APPROVED"}),
        ("DELETE", path, None),
    ):
        await shop.refused(404, "LICENSE_NOT_FOUND", method, where, sent, who=STRANGER)
    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "POST", "/licenses", body, who=STRANGER)
    assert (await shop.done("GET", "/licenses", who=STRANGER))["licenses"] == []
    assert [each["licenseId"] for each in (await shop.done("GET", "/licenses"))["licenses"]] == [license_id]


async def test_an_operator_can_take_a_lost_document_away(shop: Shop) -> None:
    document = await shop.document()
    license_id = await license_of(shop, document)

    await shop.detach(document)
    await shop.detach(document)

    assert (await shop.done("GET", f"/licenses/{license_id}"))["mediaId"] is None
    assert await shop.uses(document) == []


async def ad_with(shop: Shop, *media: str) -> str:
    body = {"title": "Sale", "creatives": [{"mediaId": each, "headline": "Now"} for each in media]}
    return str((await shop.done("POST", "/ads", body))["adId"])


async def test_an_ad_protects_its_creatives_while_it_lives(shop: Shop) -> None:
    first, second = await shop.media(), await shop.media()

    ad_id = await ad_with(shop, first, second, first)

    assert await shop.uses(first) == [("ad", ad_id)]
    assert await shop.uses(second) == [("ad", ad_id)]
    assert shop.api.entity_types.is_protected("ad")
    assert shop.api.entity_types.is_protected("ad_creative")


async def test_creatives_are_pictures_and_clips_that_everybody_may_see(shop: Shop) -> None:
    clip, paper = await shop.media(mime_type="video/webm"), await shop.document(kind=MediaKind.LICENSE_DOC)
    ad_id = await ad_with(shop, clip)
    body = {"title": "Sale", "creatives": [{"mediaId": clip}, {"mediaId": paper}]}

    for method, path in (("POST", "/ads"), ("PUT", f"/ads/{ad_id}")):
        assert violations(await shop.ask(method, path, body)) == {
            ("/creatives/1/mediaId", "CONFIDENTIAL_MEDIA"),
            ("/creatives/1/mediaId", "MEDIA_TYPE_NOT_ALLOWED"),
        }

    assert await shop.uses(paper) == []
    assert await shop.uses(clip) == [("ad", ad_id)]


async def test_creatives_of_an_older_version_stay(shop: Shop) -> None:
    scan, picture = await shop.media(kind=MediaKind.LICENSE_DOC), await shop.media()
    ad_id = await ad_with(shop, picture)
    async with shop.begin() as tx:
        ad = await tx.repository(Ads).lock(AdId(UUID(ad_id)))
        assert ad is not None
        before = ad.media_ids
        ad.change(title=ad.title, creatives=[Creative(media_id=MediaId(UUID(scan)))], now=NOW)
        await shop.api.reconcile(tx, creatives_changed(ad, before, ad.media_ids))
        await tx.repository(Ads).save(ad)
        await tx.commit()

    body = {"title": "Still on", "creatives": [{"mediaId": picture}, {"mediaId": scan}]}
    assert (await shop.done("PUT", f"/ads/{ad_id}", body))["title"] == "Still on"


async def test_an_update_releases_what_is_shown_no_longer(shop: Shop) -> None:
    first, second = await shop.media(), await shop.media()
    ad_id = await ad_with(shop, first)

    changed = await shop.done(
        "PUT", f"/ads/{ad_id}", {"title": "Sale", "creatives": [{"mediaId": second}, {"mediaId": second}]}
    )

    assert [each["mediaId"] for each in changed["creatives"]] == [second, second]
    assert await shop.uses(first) == []
    assert await shop.uses(second) == [("ad", ad_id)]


async def test_a_deleted_ad_releases_everything(shop: Shop) -> None:
    picture = await shop.media()
    ad_id = await ad_with(shop, picture)

    await shop.done("DELETE", f"/ads/{ad_id}")

    assert await shop.uses(picture) == []
    await shop.refused(404, "AD_NOT_FOUND", "GET", f"/ads/{ad_id}")


async def test_creatives_close_up_when_one_is_detached(shop: Shop) -> None:
    going, staying = await shop.media(), await shop.media()
    ad_id = await ad_with(shop, going, staying, going)

    await shop.detach(going)
    await shop.detach(going)

    assert [each["mediaId"] for each in (await shop.done("GET", f"/ads/{ad_id}"))["creatives"]] == [staying]
    assert await shop.uses(going) == []


async def test_who_deals_with_ads(shop: Shop) -> None:
    picture, theirs = await shop.media(), await shop.media(store_id=StoreId(IDS.new()))
    ad_id = await ad_with(shop, picture)
    path, body = f"/ads/{ad_id}", {"title": "Mine", "creatives": [{"mediaId": picture}]}
    for method, where, sent in (("POST", "/ads", body), ("PUT", path, body), ("DELETE", path, None)):
        await shop.refused(403, "NOT_PERMITTED", method, where, sent, who=CUSTOMER)
    for method, where, sent in (("GET", path, None), ("PUT", path, body), ("DELETE", path, None)):
        await shop.refused(404, "AD_NOT_FOUND", method, where, sent, who=STRANGER)
    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "POST", "/ads", body, who=STRANGER)
    foreign = {"title": "Sale", "creatives": [{"mediaId": theirs}]}
    await shop.refused(409, "MEDIA_NOT_ATTACHABLE", "PUT", path, foreign)
    assert [each["adId"] for each in (await shop.done("GET", "/ads", who=CUSTOMER))["ads"]] == [ad_id]
    assert (await shop.done("GET", "/ads", who=STRANGER))["ads"] == []
