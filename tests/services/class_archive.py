import asyncio
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.services.java import Java
from tests.services.kafka_jars import alone
from tests.services.kafka_node import STOP_SECONDS, class_archive
from tests.services.native_kafka import NativeKafka


async def record_classes(jars: Path, java: Java) -> None:
    """Run a broker once and keep the classes that it loaded, which takes some ten seconds; later starts profit.

    Without them, and with another Java, a broker starts all the same. May be repeated.
    """
    archive = class_archive(jars, java)
    with alone(jars.with_name(f"{jars.name}.lock")), TemporaryDirectory(prefix="vitrine-kafka-") as folder:
        if archive.exists():
            return
        draft = archive.with_name(f"{archive.name}.new")
        draft.unlink(missing_ok=True)
        recording = f"-XX:ArchiveClassesAtExit={draft}"
        async with NativeKafka(Path(folder), java=java, jars=jars, flags=(recording,)) as kafka:
            # It writes while it stops. One that was cut short left half of a file.
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS - 1):
                    await kafka.stop()
                    draft.replace(archive)
