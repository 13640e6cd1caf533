"""Who may do what: the table of the contract, over the wire."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx
import pytest

from domain.principal import Role
from tests.system.answers import refused
from tests.system.caller import Caller
from tests.system.delivery import Delivery, processed
from tests.system.files import document, photo, photos
from tests.system.marketplace import Marketplace

PHOTOS = [file.announcement for file in photos(1)]
DOCUMENTS = [document().announcement]


async def test_a_photographer_without_a_booking(marketplace: Marketplace) -> None:
    stranger = marketplace.person(Role.PHOTOGRAPHER).caller
    listing_id = await marketplace.listing()

    refused(await stranger.announce(listing_id, PHOTOS), HTTPStatus.FORBIDDEN, "NOT_PERMITTED")


async def test_a_booking_that_was_cancelled_is_none(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing(booking_status="CANCELLED")

    answer = await marketplace.photographer.caller.announce(listing_id, PHOTOS)

    refused(answer, HTTPStatus.FORBIDDEN, "NOT_PERMITTED")


async def test_an_owner_on_a_listing_that_is_no_development(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing(kind="PROPERTY")

    answer = await marketplace.owner.caller.announce(listing_id, DOCUMENTS)

    refused(answer, HTTPStatus.FORBIDDEN, "NOT_PERMITTED")


async def test_an_owner_brings_no_photos_and_a_photographer_no_documents(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing(kind="DEVELOPMENT")

    refused(await marketplace.owner.caller.announce(listing_id, PHOTOS), HTTPStatus.FORBIDDEN, "NOT_PERMITTED")
    answer = await marketplace.photographer.caller.announce(listing_id, DOCUMENTS)
    refused(answer, HTTPStatus.FORBIDDEN, "NOT_PERMITTED")


async def test_a_listing_that_awaits_nothing(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing(status="PUBLISHED")

    answer = await marketplace.photographer.caller.announce(listing_id, PHOTOS)

    refused(answer, HTTPStatus.CONFLICT, "LISTING_NOT_AWAITING_MEDIA")


async def test_a_listing_that_does_not_exist(marketplace: Marketplace) -> None:
    answer = await marketplace.photographer.caller.announce(uuid4(), PHOTOS)

    refused(answer, HTTPStatus.NOT_FOUND, "LISTING_NOT_FOUND")


async def test_only_services_and_admins_tell_of_listings(marketplace: Marketplace) -> None:
    facts = {"ownerId": str(uuid4()), "kind": "PROPERTY", "status": "DRAFT", "bookings": []}

    for person in (marketplace.owner, marketplace.photographer):
        refused(await person.caller.put_listing(uuid4(), facts), HTTPStatus.FORBIDDEN, "NOT_PERMITTED")


async def test_no_token_and_a_made_up_one(marketplace: Marketplace) -> None:
    listing_id = await marketplace.listing()

    for token in ("made-up", "eyJhbGciOiJub25lIn0.e30."):
        answer = await Caller(marketplace.http, token).announce(listing_id, PHOTOS)
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.fixture(scope="module")
async def theirs(marketplace: Marketplace) -> Delivery:
    """A batch of another store: it is not there for ours."""
    return await processed(marketplace, [photo()])


Call = Callable[[Caller, Delivery], Coroutine[Any, Any, httpx.Response]]
CALLS: dict[str, Call] = {
    "announce": lambda caller, theirs: caller.announce(theirs.listing_id, PHOTOS),
    "urls": lambda caller, theirs: caller.fresh_urls(theirs.listing_id, theirs.batch_id),
    "complete": lambda caller, theirs: caller.complete(theirs.listing_id, theirs.batch_id, theirs.claims),
    "status": lambda caller, theirs: caller.status(theirs.listing_id, theirs.batch_id),
    "downloads": lambda caller, theirs: caller.downloads(theirs.listing_id, theirs.batch_id),
    "newest downloads": lambda caller, theirs: caller.downloads(theirs.listing_id),
    "retry": lambda caller, theirs: caller.retry(theirs.listing_id, theirs.batch_id),
    "list": lambda caller, theirs: caller.batches(theirs.listing_id),
    "delete": lambda caller, theirs: caller.delete(theirs.batch_id),
    "delete asset": lambda caller, theirs: caller.delete_asset(theirs.batch_id, theirs.asset_id("photo")),
    "put listing": lambda caller, theirs: caller.put_listing(
        theirs.listing_id, {"ownerId": str(uuid4()), "kind": "PROPERTY", "status": "DRAFT", "bookings": []}
    ),
}


@pytest.mark.parametrize("name", list(CALLS))
async def test_what_belongs_to_another_store_does_not_exist(
    marketplace: Marketplace, theirs: Delivery, name: str
) -> None:
    everything = marketplace.person(*Role, store_id=uuid4()).caller

    answer = await CALLS[name](everything, theirs)

    assert answer.status_code == HTTPStatus.NOT_FOUND, answer.text


async def test_a_batch_is_found_under_its_own_listing_alone(marketplace: Marketplace, theirs: Delivery) -> None:
    other = await marketplace.listing()

    answer = await marketplace.photographer.caller.status(other, theirs.batch_id)

    refused(answer, HTTPStatus.NOT_FOUND, "BATCH_NOT_FOUND")
