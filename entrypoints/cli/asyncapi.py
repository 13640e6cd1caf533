import typer


def register(app: typer.Typer) -> None:
    app.command()(asyncapi)


def asyncapi() -> None:
    """Print what travels on Kafka: the AsyncAPI document of every topic and message, as JSON.

    It needs neither Kafka nor settings.

    For example:

      vitrine asyncapi > docs/asyncapi.json
    """
    # It takes the readers of all messages along, and the other commands do not need them.
    from entrypoints.asyncapi.document import asyncapi_json  # noqa: PLC0415

    typer.echo(asyncapi_json())
