import asyncio

import typer
from rich.table import Table

from entrypoints.cli.terminal import output
from entrypoints.settings import Settings


def register(app: typer.Typer) -> None:
    app.command()(topics)


def topics() -> None:
    """Create the topics in Kafka that are missing, and show all of them.

    May be repeated: a topic that exists stays as it is. New ones get VITRINE_KAFKA_PARTITIONS partitions and
    VITRINE_KAFKA_REPLICATION copies.

    For example:

      VITRINE_KAFKA_SERVERS=localhost:9092 vitrine topics
    """
    # The drivers take a second to import, and the other commands do not need them.
    from adapters.kafka.topics import create_topics  # noqa: PLC0415
    from entrypoints.kafka_messaging import kafka_cluster  # noqa: PLC0415
    from entrypoints.topic_plans import topic_plans  # noqa: PLC0415

    settings = Settings.from_environment()
    plans = topic_plans(settings)
    found = asyncio.run(create_topics(kafka_cluster(settings), plans))
    table = Table("topic", "partitions", "kept", "", box=None, header_style="bold", pad_edge=False)
    for plan, topic in zip(plans, found, strict=True):
        news = "[green]created[/green]" if topic.created else ""
        if topic.partitions != plan.partitions:
            news = f"[yellow]planned with {plan.partitions}[/yellow]"
        table.add_row(topic.name, str(topic.partitions), f"{plan.keep.days} days", news)
    output().print(table)
