import typer

from entrypoints.cli import options


def register(app: typer.Typer) -> None:
    app.command()(consume)


def consume(port: options.Port = None) -> None:
    """Take in what others publish, until SIGTERM: listings and bookings, pipeline results, storage notifications.

    The topics are vitrine.listings.v1, vitrine.pipeline-results.v1 and vitrine.storage.v1. What cannot be read or
    applied goes to the dead letters: `vitrine dlq list`.

    For example:

      vitrine consume
    """
    # The servers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.role_process import run_role  # noqa: PLC0415
    from entrypoints.role import Role  # noqa: PLC0415
    from entrypoints.running import run_consumer  # noqa: PLC0415

    run_role(Role.CONSUMER, run_consumer, port)
