"""What a client announces, and what the store then takes."""

from http import HTTPStatus

from tests.system.answers import accepted, refused
from tests.system.delivery import announced
from tests.system.files import photo, photos
from tests.system.marketplace import Marketplace


async def test_every_violation_is_listed(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing()
    files = [
        photo("same", sequence=1).announcement,
        photo("same", sequence=2).announcement,
        photo("pdf", sequence=3, content_type="application/pdf").announcement,
        photo("zero", sequence=0).announcement,
        photo("sum", sequence=4).lying(checksum="sha256:abc").announcement,
        photo("extra", sequence=5).announcement | {"colour": "red"},
    ]

    problem = refused(
        await marketplace.photographer.caller.announce(listing_id, files),
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "VALIDATION_FAILED",
    )

    pointers = {error["pointer"] for error in problem["errors"]}
    assert pointers >= {
        "/files/1/clientId",
        "/files/2/contentType",
        "/files/3/sequence",
        "/files/4/checksum",
        "/files/5/colour",
    }, problem


async def test_the_same_announcement_answers_the_same_batch(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing()
    caller = marketplace.photographer.caller
    files = [file.announcement for file in photos(2)]

    first = accepted(await caller.announce(listing_id, files, "shoot"), HTTPStatus.CREATED)
    second = accepted(await caller.announce(listing_id, files, "shoot"), HTTPStatus.OK)

    assert second["batchId"] == first["batchId"]
    refused(await caller.announce(listing_id, files[:1], "shoot"), HTTPStatus.CONFLICT, "BATCH_REFERENCE_TAKEN")


async def test_the_store_takes_nothing_but_what_was_announced(marketplace: Marketplace) -> None:
    file = photo()
    delivery = await announced(marketplace, [file])
    other = bytes(len(file.data))

    assert (await delivery.put(file, data=other)).is_client_error, "other bytes of the same length"
    assert (await delivery.put(file, data=file.data + b"more")).is_client_error, "another length"
    ticket = delivery.tickets["photo"]
    altered = ticket | {"headers": ticket["headers"] | {"content-type": "image/png"}}
    assert (await delivery.put(file, ticket=altered)).is_client_error, "another type"
    assert (await delivery.put(file)).is_success
