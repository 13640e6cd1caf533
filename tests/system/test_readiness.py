"""What probes are told when something that Vitrine needs is gone."""

from http import HTTPStatus

from tests.system.answers import accepted
from tests.system.family import kill
from tests.system.mortal import Mortal
from tests.system.waiting import eventually


async def test_without_its_database_it_is_alive_and_not_ready(mortal: Mortal) -> None:
    http = mortal.marketplace.http
    listing_id = await mortal.marketplace.listing()
    kill([mortal.vitrine.family.postgres()])

    async def unready() -> bool:
        return (await http.get("/readyz")).status_code == HTTPStatus.SERVICE_UNAVAILABLE

    await eventually(unready, within=60, expecting="/readyz tells that the database is down")
    told = (await http.get("/readyz")).json()
    assert told == {"status": "unready", "checks": {"database": "down", "objects": "up"}}
    assert (await http.get("/livez")).status_code == HTTPStatus.OK
    answer = await mortal.marketplace.photographer.caller.batches(listing_id)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, answer.text
    assert answer.headers["retry-after"]

    await mortal.leave()
    await mortal.live()
    accepted(await mortal.marketplace.photographer.caller.batches(listing_id))
