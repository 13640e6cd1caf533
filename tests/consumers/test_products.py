"""Products: what they show is in the ledger, in every way that it can change."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from application.products.media_changes import UsedMedia, media_changes
from domain.ids import MediaId, ProductId, ProductMediaId, StoreId
from domain.media.content_class import SVG
from domain.media.kind import SHOWPIECES, MediaKind
from domain.media.media import MediaStatus
from domain.products.gallery import Gallery, ProductMedia, UsageType
from domain.products.repository import Products
from tests.builders import IDS, NOW
from tests.consumers.shop import CUSTOMER, KEEPER, STRANGER, Shop
from tests.entrypoints.http.problems import violations

GALLERY, COA = "product_gallery", "product_coa"


async def product(shop: Shop, *media: str, **more: Any) -> dict[str, Any]:
    shown = [{"mediaId": media_id} for media_id in media]
    created: dict[str, Any] = await shop.done("POST", "/products", {"title": "Oil lamp", "media": shown, **more})
    return created


def order(answer: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(each["mediaId"], each["usageType"], each["displayOrder"]) for each in answer["media"]]


async def test_create_attaches_all_that_is_referenced(shop: Shop) -> None:
    front, back, proof = await shop.media(), await shop.media(), await shop.document()

    created = await product(shop, front, back, coaMediaId=proof)

    assert await shop.uses(front) == [(GALLERY, created["productId"])]
    assert await shop.uses(back) == [(GALLERY, created["productId"])]
    assert await shop.uses(proof) == [(COA, created["productId"])]
    assert order(created) == [(front, "gallery", 0), (back, "gallery", 1)]


async def test_update_diffs(shop: Shop) -> None:
    kept, gone, new = await shop.media(), await shop.media(), await shop.media()
    created = await product(shop, kept, gone)
    before = {str(use.media_id): use for use in await shop.ledger()}

    changed = await shop.done(
        "PATCH", f"/products/{created['productId']}", {"media": [{"mediaId": new}, {"mediaId": kept}]}
    )

    assert order(changed) == [(new, "gallery", 0), (kept, "gallery", 1)]
    after = {str(use.media_id): use for use in await shop.ledger()}
    assert set(after) == {kept, new}
    assert after[kept] == before[kept], "what stays is not written"
    ids = {each["mediaId"]: each["productMediaId"] for each in created["media"]}
    assert {each["mediaId"]: each["productMediaId"] for each in changed["media"]}[kept] == ids[kept]


async def test_what_is_left_out_stays(shop: Shop) -> None:
    front, proof = await shop.media(), await shop.document()
    created = await product(shop, front, coaMediaId=proof)

    changed = await shop.done("PATCH", f"/products/{created['productId']}", {"title": "Lamp"})

    assert (changed["title"], changed["coaMediaId"], order(changed)) == ("Lamp", proof, [(front, "gallery", 0)])


async def test_null_clears_the_certificate(shop: Shop) -> None:
    proof = await shop.document()
    created = await product(shop, coaMediaId=proof)

    changed = await shop.done("PATCH", f"/products/{created['productId']}", {"coaMediaId": None})

    assert changed["coaMediaId"] is None
    assert await shop.uses(proof) == []


async def test_delete_lets_go_of_everything_first(shop: Shop) -> None:
    front, proof = await shop.media(), await shop.document()
    created = await product(shop, front, coaMediaId=proof)

    await shop.done("DELETE", f"/products/{created['productId']}")

    assert await shop.ledger() == []
    await shop.refused(404, "PRODUCT_NOT_FOUND", "GET", f"/products/{created['productId']}")


async def test_a_certificate_is_a_pdf(shop: Shop) -> None:
    picture = await shop.media()

    answer = await shop.ask("POST", "/products", {"title": "Oil lamp", "coaMediaId": picture})

    assert violations(answer) == {("/coaMediaId", "MEDIA_TYPE_NOT_ALLOWED")}
    assert await shop.ledger() == []


@pytest.mark.parametrize("kind", [MediaKind.COA, MediaKind.PDF])
async def test_a_certificate_may_be_confidential(shop: Shop, kind: MediaKind) -> None:
    proof = await shop.document(kind=kind)

    assert (await product(shop, coaMediaId=proof))["coaMediaId"] == proof


@pytest.mark.parametrize("mime_type", sorted(SHOWPIECES))
async def test_a_gallery_shows_pictures_and_clips(shop: Shop, mime_type: str) -> None:
    shown = await shop.media(mime_type=mime_type)

    assert order(await product(shop, shown)) == [(shown, "gallery", 0)]


@pytest.mark.parametrize("mime_type", ["application/pdf", SVG, "image/heic", "video/quicktime"])
async def test_nothing_else_is_shown(shop: Shop, mime_type: str) -> None:
    front, other = await shop.media(), await shop.media(mime_type=mime_type, kind=MediaKind.OTHER)
    created = await product(shop, front)
    path = f"/products/{created['productId']}"
    media = [{"mediaId": front}, {"mediaId": other}]

    for method, where, body, pointer in (
        ("POST", "/products", {"title": "Oil lamp", "media": media}, "/media/1/mediaId"),
        ("PATCH", path, {"media": media}, "/media/1/mediaId"),
        ("POST", f"{path}/media", {"mediaId": other}, "/mediaId"),
        ("PUT", f"{path}/main-image", {"mediaId": other}, "/mediaId"),
    ):
        assert violations(await shop.ask(method, where, body)) == {(pointer, "MEDIA_TYPE_NOT_ALLOWED")}

    assert await shop.uses(other) == []
    assert order(await shop.done("GET", path)) == [(front, "gallery", 0)]


async def test_a_clip_is_no_main_image(shop: Shop) -> None:
    clip, variant = await shop.media(mime_type="video/mp4"), str(IDS.new())
    created = await product(shop, clip)
    path = f"/products/{created['productId']}"

    for whose in (None, variant):
        main = {"mediaId": clip, "variantId": whose}
        shown = {**main, "usageType": "main_image"}
        answer = await shop.ask("PUT", f"{path}/main-image", main)
        assert violations(answer) == {("/mediaId", "MEDIA_TYPE_NOT_ALLOWED")}
        answer = await shop.ask("POST", f"{path}/media", shown)
        assert violations(answer) == {("/mediaId", "MEDIA_TYPE_NOT_ALLOWED")}
        answer = await shop.ask("PATCH", path, {"media": [shown]})
        assert violations(answer) == {("/media/0/mediaId", "MEDIA_TYPE_NOT_ALLOWED")}

    assert order(await shop.done("GET", path)) == [(clip, "gallery", 0)]


async def test_what_is_confidential_is_not_shown(shop: Shop) -> None:
    paper, scan = await shop.document(kind=MediaKind.LICENSE_DOC), await shop.media(kind=MediaKind.LICENSE_DOC)
    created = await product(shop)
    path = f"/products/{created['productId']}"

    answer = await shop.ask(
        "PATCH", path, {"media": [{"mediaId": paper}, {"mediaId": scan}], "coaMediaId": await shop.media()}
    )
    main = await shop.ask("PUT", f"{path}/main-image", {"mediaId": scan})

    assert violations(answer) == {
        ("/media/0/mediaId", "CONFIDENTIAL_MEDIA"),
        ("/media/0/mediaId", "MEDIA_TYPE_NOT_ALLOWED"),
        ("/media/1/mediaId", "CONFIDENTIAL_MEDIA"),
        ("/coaMediaId", "MEDIA_TYPE_NOT_ALLOWED"),
    }
    assert violations(main) == {("/mediaId", "CONFIDENTIAL_MEDIA")}
    assert await shop.ledger() == []


async def test_what_has_been_shown_before_stays(shop: Shop) -> None:
    scan, clip, other = [
        await shop.media(kind=MediaKind.LICENSE_DOC),
        await shop.media(mime_type="video/mp4"),
        await shop.media(),
    ]
    created = await product(shop, other)
    path = f"/products/{created['productId']}"
    await shown_by_an_older_version(shop, created["productId"], main=clip, beside=scan)

    changed = await shop.done(
        "PATCH",
        path,
        {"media": [{"mediaId": scan}, {"mediaId": other}, {"mediaId": clip, "usageType": "main_image"}]},
    )
    assert order(changed) == [(scan, "gallery", 0), (other, "gallery", 1), (clip, "main_image", 2)]
    changed = await shop.done("PUT", f"{path}/main-image", {"mediaId": other})
    assert order(changed) == [(scan, "gallery", 0), (other, "main_image", 1), (clip, "gallery", 2)]

    answer = await shop.ask("PUT", f"{path}/main-image", {"mediaId": scan})
    assert violations(answer) == {("/mediaId", "CONFIDENTIAL_MEDIA")}


async def shown_by_an_older_version(shop: Shop, product_id: str, *, main: str, beside: str) -> None:
    entries = [
        ProductMedia(id=ProductMediaId(IDS.new()), media_id=MediaId(UUID(media_id)), usage_type=usage_type)
        for media_id, usage_type in ((main, UsageType.MAIN_IMAGE), (beside, UsageType.GALLERY))
    ]
    async with shop.begin() as tx:
        found = await tx.repository(Products).lock(ProductId(UUID(product_id)))
        assert found is not None
        before = UsedMedia.by(found)
        found.arrange(Gallery.of([*found.gallery, *entries]), now=NOW)
        await shop.api.reconcile(tx, *media_changes(found, before, UsedMedia.by(found)))
        await tx.repository(Products).save(found)
        await tx.commit()


@pytest.mark.parametrize(
    "status", [status for status in MediaStatus if status not in {MediaStatus.UPLOADED, MediaStatus.READY}]
)
async def test_what_is_not_there_cannot_be_shown(shop: Shop, status: MediaStatus) -> None:
    picture = await shop.media(status=status)

    await shop.refused(
        409, "MEDIA_NOT_ATTACHABLE", "POST", "/products", {"title": "Oil lamp", "media": [{"mediaId": picture}]}
    )

    assert await shop.ledger() == []


async def test_of_each_that_cannot_be_shown_it_is_told_why(shop: Shop) -> None:
    media = {
        "foreign": await shop.media(store_id=StoreId(IDS.new()), status=MediaStatus.FAILED),
        "unknown": str(IDS.new()),
        "going": await shop.media(status=MediaStatus.DELETE_REQUESTED),
        "ready": await shop.media(),
        "pending": await shop.media(status=MediaStatus.PENDING),
        "failed": await shop.media(status=MediaStatus.FAILED),
        "lost": await shop.media(quarantined_at=NOW),
    }
    proof = await shop.document(status=MediaStatus.PENDING)

    answer = await shop.ask(
        "POST",
        "/products",
        {"title": "Oil lamp", "media": [{"mediaId": each} for each in media.values()], "coaMediaId": proof},
    )

    assert violations(answer, 409, "MEDIA_NOT_ATTACHABLE") == {
        ("/media/0/mediaId", "MEDIA_NOT_FOUND"),
        ("/media/1/mediaId", "MEDIA_NOT_FOUND"),
        ("/media/2/mediaId", "MEDIA_NOT_FOUND"),
        ("/media/4/mediaId", "MEDIA_PENDING"),
        ("/media/5/mediaId", "MEDIA_FAILED"),
        ("/media/6/mediaId", "MEDIA_QUARANTINED"),
        ("/coaMediaId", "MEDIA_PENDING"),
    }
    told = {error["pointer"]: error["detail"] for error in answer.json()["errors"]}
    assert {told[f"/media/{place}/mediaId"].replace(id_, "") for place, id_ in enumerate(list(media.values())[:3])} == {
        "there is no media  in your store"
    }
    assert told["/coaMediaId"] == f"media {proof} still awaits its file: complete its upload first"


async def test_media_of_another_store_do_not_exist(shop: Shop) -> None:
    theirs, nobodys = await shop.media(store_id=StoreId(IDS.new())), str(IDS.new())
    created = await product(shop)
    path = f"/products/{created['productId']}"

    for media_id in (theirs, nobodys):
        shown = {"mediaId": media_id}
        for method, where, body in (
            ("POST", "/products", {"title": "Oil lamp", "media": [shown]}),
            ("POST", "/products", {"title": "Oil lamp", "coaMediaId": media_id}),
            ("PATCH", path, {"media": [shown]}),
            ("PATCH", path, {"coaMediaId": media_id}),
            ("POST", f"{path}/media", shown),
            ("PUT", f"{path}/main-image", shown),
        ):
            await shop.refused(409, "MEDIA_NOT_ATTACHABLE", method, where, body)

    assert await shop.ledger() == []


async def test_another_main_image_demotes_the_first(shop: Shop) -> None:
    first, second = await shop.media(), await shop.media()
    created = await product(shop, first, second)
    path = f"/products/{created['productId']}"

    await shop.done("PUT", f"{path}/main-image", {"mediaId": first})
    changed = await shop.done("PUT", f"{path}/main-image", {"mediaId": second})

    assert order(changed) == [(first, "gallery", 0), (second, "main_image", 1)]
    assert await shop.used(GALLERY) == {first, second}


async def test_each_variant_has_a_main_image_of_its_own(shop: Shop) -> None:
    whole, red, redder = await shop.media(), await shop.media(), await shop.media()
    variant = str(IDS.new())
    created = await product(shop)
    path = f"/products/{created['productId']}/main-image"

    await shop.done("PUT", path, {"mediaId": whole})
    await shop.done("PUT", path, {"mediaId": red, "variantId": variant})
    changed = await shop.done("PUT", path, {"mediaId": redder, "variantId": variant})

    shown = {each["mediaId"]: (each["usageType"], each["variantId"]) for each in changed["media"]}
    assert shown == {whole: ("main_image", None), red: ("variant", variant), redder: ("main_image", variant)}


async def test_two_main_images_at_once_are_refused(shop: Shop) -> None:
    main = {"mediaId": await shop.media(), "usageType": "main_image"}
    other = {"mediaId": await shop.media(), "usageType": "main_image"}

    answer = await shop.ask("POST", "/products", {"title": "Oil lamp", "media": [main, other]})

    assert violations(answer) == {("/media/1/usageType", "SECOND_MAIN_IMAGE")}


async def test_attached_in_the_middle_the_others_move_up(shop: Shop) -> None:
    first, last, new = await shop.media(), await shop.media(), await shop.media()
    created = await product(shop, first, last)
    path = f"/products/{created['productId']}/media"

    await shop.done("POST", path, {"mediaId": new, "displayOrder": 1})
    again = await shop.done("POST", path, {"mediaId": new, "displayOrder": 0})

    assert order(again) == [(first, "gallery", 0), (new, "gallery", 1), (last, "gallery", 2)]


async def test_detached_the_others_close_up(shop: Shop) -> None:
    first, middle, last = [await shop.media() for _ in range(3)]
    created = await product(shop, first, middle, last)
    path = f"/products/{created['productId']}"

    await shop.done("DELETE", f"{path}/media/{middle}")
    await shop.done("DELETE", f"{path}/media/{middle}")

    assert order(await shop.done("GET", path)) == [(first, "gallery", 0), (last, "gallery", 1)]
    assert await shop.uses(middle) == []


async def test_detached_from_one_use_it_stays_in_the_other(shop: Shop) -> None:
    picture = await shop.media()
    created = await product(shop, picture)
    path = f"/products/{created['productId']}/media"
    await shop.done("POST", path, {"mediaId": picture, "usageType": "thumbnail"})

    await shop.done("DELETE", f"{path}/{picture}", usageType="gallery")

    listed = await shop.done("GET", path)
    assert [(each["usageType"], each["displayOrder"]) for each in listed["media"]] == [("thumbnail", 0)]
    assert await shop.uses(picture) == [(GALLERY, created["productId"])]
    assert (await shop.done("GET", path, usageType="gallery"))["media"] == []


async def test_reordered_in_one_call(shop: Shop) -> None:
    media = [await shop.media() for _ in range(4)]
    created = await product(shop, *media)
    ids = [each["productMediaId"] for each in created["media"]]
    path = f"/products/{created['productId']}/media/order"

    changed = await shop.done("PUT", path, {"productMediaIds": ids[::-1]})

    assert order(changed) == [(media_id, "gallery", place) for place, media_id in enumerate(media[::-1])]
    answer = await shop.ask("PUT", path, {"productMediaIds": [ids[0], ids[0], str(IDS.new())]})
    assert {code for _, code in violations(answer)} == {"DUPLICATE_ID", "UNKNOWN_ID", "MISSING_ID"}


async def test_for_another_store_there_is_no_product(shop: Shop) -> None:
    created = await product(shop, await shop.media())
    path = f"/products/{created['productId']}"
    for method, where, body in (
        ("GET", path, None),
        ("PATCH", path, {"title": "Mine"}),
        ("DELETE", path, None),
        ("GET", f"{path}/media", None),
        ("POST", f"{path}/media", {"mediaId": str(IDS.new())}),
        ("PUT", f"{path}/main-image", {"mediaId": str(IDS.new())}),
        ("PUT", f"{path}/media/order", {"productMediaIds": []}),
        ("DELETE", f"{path}/media/{IDS.new()}", None),
    ):
        await shop.refused(404, "PRODUCT_NOT_FOUND", method, where, body, who=STRANGER)
    assert (await shop.done("GET", "/products", who=STRANGER))["products"] == []


async def test_customers_look_and_do_not_touch(shop: Shop) -> None:
    created = await product(shop)
    path = f"/products/{created['productId']}"

    assert (await shop.done("GET", path, who=CUSTOMER))["productId"] == created["productId"]
    await shop.refused(403, "NOT_PERMITTED", "POST", "/products", {"title": "Mine"}, who=CUSTOMER)
    await shop.refused(403, "NOT_PERMITTED", "PATCH", path, {"title": "Mine"}, who=CUSTOMER)
    await shop.refused(403, "NOT_PERMITTED", "DELETE", path, who=CUSTOMER)


async def test_pages_are_newest_first(shop: Shop) -> None:
    created = [(await product(shop))["productId"] for _ in range(5)]

    first = await shop.done("GET", "/products", limit="2")
    second = await shop.done("GET", "/products", limit="2", cursor=first["nextCursor"])
    third = await shop.done("GET", "/products", limit="2", cursor=second["nextCursor"])

    listed = [each["productId"] for page in (first, second, third) for each in page["products"]]
    assert listed == created[::-1]
    assert third["nextCursor"] is None


async def test_the_deletion_worker_takes_it_out_of_every_place(shop: Shop) -> None:
    going, staying = await shop.media(), await shop.media()
    created = await product(shop, going, staying)
    await shop.done("POST", f"/products/{created['productId']}/media", {"mediaId": going, "usageType": "thumbnail"})

    await shop.detach(going)
    await shop.detach(going)

    left = await shop.done("GET", f"/products/{created['productId']}")
    assert order(left) == [(staying, "gallery", 0)]
    assert await shop.uses(going) == []


async def test_the_deletion_worker_takes_the_certificate(shop: Shop) -> None:
    front, proof = await shop.media(), await shop.document()
    created = await product(shop, front, coaMediaId=proof)

    await shop.detach(proof)
    await shop.detach(proof)

    left = await shop.done("GET", f"/products/{created['productId']}")
    assert (order(left), left["coaMediaId"]) == ([(front, "gallery", 0)], None)
    assert await shop.uses(proof) == []


async def test_many_at_once_leave_ledger_and_product_at_one(postgres_shop: Shop) -> None:
    shop = postgres_shop
    media = [await shop.media() for _ in range(6)]
    created = await product(shop)
    path = f"/products/{created['productId']}"

    async def edit(number: int) -> int:
        chosen = media[number % 6 :] + media[: number % 3]
        body = {"media": [{"mediaId": each} for each in dict.fromkeys(chosen)]}
        return (await shop.ask("PATCH", path, body)).status_code

    statuses = await asyncio.gather(*(edit(number) for number in range(30)))

    assert set(statuses) == {200}
    left = await shop.done("GET", path)
    assert {each["mediaId"] for each in left["media"]} == await shop.used(GALLERY)
    assert len(await shop.ledger()) == len(await shop.used(GALLERY))


async def test_two_products_with_the_same_media_never_wait_for_each_other(postgres_shop: Shop) -> None:
    shop = postgres_shop
    media, proofs = [await shop.media() for _ in range(8)], [await shop.document() for _ in range(8)]
    paths = [f"/products/{(await product(shop))['productId']}" for _ in range(2)]

    async def edit(path: str, number: int) -> int:
        shown = media if number % 2 else media[::-1]
        body = {"media": [{"mediaId": each} for each in shown[number % 4 :]], "coaMediaId": proofs[number % 8]}
        return (await shop.ask("PATCH", path, body)).status_code

    statuses = await asyncio.gather(*(edit(path, number) for number in range(20) for path in paths))

    assert set(statuses) == {200}
    assert KEEPER.runs_the_store
