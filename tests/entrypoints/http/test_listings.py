"""The marketplace tells of listings and their bookings."""

from dataclasses import replace
from typing import Any

from domain.ids import StoreId
from tests.builders import IDS, OWNER, PHOTOGRAPHER
from tests.entrypoints.http.api import LISTINGS, PRINCIPALS, Api
from tests.entrypoints.http.problems import refused, violations


def facts(**changes: Any) -> dict[str, Any]:
    return {"ownerId": str(OWNER), "kind": "PROPERTY", "status": "DRAFT", "bookings": [booking()], **changes}


def booking(**changes: Any) -> dict[str, Any]:
    return {
        "id": str(IDS.new()),
        "photographerId": str(PHOTOGRAPHER),
        "status": "DONE",
        "scheduledAt": "2025-05-03T10:00:00+02:00",
        **changes,
    }


async def put(api: Api, listing_id: object, body: Any) -> Any:
    return await api.client.put(f"{LISTINGS}/{listing_id}", json=body, headers=api.headers(PRINCIPALS["service"]))


async def test_a_new_listing_is_created_and_then_replaced(api: Api) -> None:
    listing_id = IDS.new()
    told = facts()

    created = await put(api, listing_id, told)
    replaced = await put(api, listing_id, told | {"status": "PUBLISHED", "bookings": []})

    assert created.status_code == 201
    body = created.json()
    assert set(body) == {"listingId", "ownerId", "kind", "status", "bookings", "createdAt", "updatedAt"}
    assert (body["listingId"], body["status"]) == (str(listing_id), "DRAFT")
    assert body["bookings"] == [told["bookings"][0] | {"scheduledAt": "2025-05-03T08:00:00Z"}]
    assert replaced.status_code == 200
    assert (replaced.json()["status"], replaced.json()["bookings"]) == ("PUBLISHED", [])


async def test_every_violation_is_named(api: Api) -> None:
    wrong = facts(kind="CASTLE", bookings=[booking(scheduledAt="2025-05-03T10:00:00"), {"id": 5}], more=1)
    del wrong["ownerId"]

    assert violations(await put(api, IDS.new(), wrong)) == {
        ("/ownerId", "MISSING_FIELD"),
        ("/kind", "UNKNOWN_VALUE"),
        ("/more", "UNKNOWN_FIELD"),
        ("/bookings/0/scheduledAt", "FORMAT"),
        ("/bookings/1/id", "WRONG_TYPE"),
        ("/bookings/1/photographerId", "MISSING_FIELD"),
        ("/bookings/1/status", "MISSING_FIELD"),
        ("/bookings/1/scheduledAt", "MISSING_FIELD"),
    }


async def test_a_booking_occurs_once(api: Api) -> None:
    same = booking()

    answer = await put(api, IDS.new(), facts(bookings=[same, booking(), same]))

    assert violations(answer) == {("/bookings/2/id", "DUPLICATE_BOOKING")}


async def test_a_moment_out_of_the_calendar_is_refused(api: Api) -> None:
    early, late = booking(scheduledAt="0001-01-01T00:00:00+14:00"), booking(scheduledAt="9999-12-31T23:59:59-14:00")

    assert violations(await put(api, IDS.new(), facts(bookings=[early, booking(), late]))) == {
        ("/bookings/0/scheduledAt", "RANGE"),
        ("/bookings/2/scheduledAt", "RANGE"),
    }


async def test_a_listing_of_another_store_does_not_exist(api: Api) -> None:
    stranger = replace(PRINCIPALS["service"], store_id=StoreId(IDS.new()))

    answer = await api.client.put(f"{LISTINGS}/{api.listing.id}", json=facts(), headers=api.headers(stranger))

    refused(answer, 404, "LISTING_NOT_FOUND")
