import typer

from entrypoints.cli import options


def register(app: typer.Typer) -> None:
    app.command()(relay)


def relay(port: options.Port = None) -> None:
    """Carry messages from the outbox to Kafka, and sweep up what got stuck, until SIGTERM.

    One is enough for thousands of messages a second; a second one takes over without a pause when the first is gone.

    For example:

      vitrine relay
    """
    # The servers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.role_process import run_role  # noqa: PLC0415
    from entrypoints.role import Role  # noqa: PLC0415
    from entrypoints.running import run_relay  # noqa: PLC0415

    run_role(Role.RELAY, run_relay, port)
