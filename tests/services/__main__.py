"""`make services`: whatever tests would wait for, done beforehand. Ends with 1 when a service is missing."""

import asyncio
import sys
from typing import Any

from tests.services import own_kafka
from tests.services.class_archive import record_classes
from tests.services.java import find_java
from tests.services.kafka_jars import jars_folder
from tests.services.ladder import Ladder, ServiceMissing
from tests.services.ladders import BY_FIXTURE


def main() -> None:
    missing = [ladder.service for ladder in BY_FIXTURE.values() if not _is_ready(ladder)]
    if missing:
        sys.exit(f"Tests that need {', '.join(missing)} cannot run here.")


def _is_ready(ladder: Ladder[Any]) -> bool:
    try:
        _say(f"{ladder.choose().about()} ... ")
        rung = ladder.prepare()
        if rung.name == own_kafka.NAME and (java := find_java()) is not None:
            asyncio.run(record_classes(jars_folder(), java))
    except ServiceMissing as problem:
        _say(f"{problem}\n")
        return False
    _say("ready\n")
    return True


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
