from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from tests.services.kafka import KAFKA
from tests.services.ladder import Ladder, ServiceMissing
from tests.services.object_store import OBJECT_STORE
from tests.services.own_kafka import OWN_KAFKA
from tests.services.postgres import POSTGRES

BY_FIXTURE: Mapping[str, Ladder[Any]] = {
    "postgres_server": POSTGRES,
    "object_store_server": OBJECT_STORE,
    "kafka_servers": KAFKA,
    "own_kafka": OWN_KAFKA,
}


def header() -> str:
    """What tests will find, in one line; nothing is started for it."""
    return "services: " + " · ".join(ladder.about() for ladder in (POSTGRES, OBJECT_STORE, KAFKA))


def prepare_for(fixtures: Iterable[str]) -> None:
    """Download now what these fixtures need, while no test's clock runs. What fails is told by the fixture."""
    for name in BY_FIXTURE.keys() & set(fixtures):
        with suppress(ServiceMissing):
            BY_FIXTURE[name].prepare()
