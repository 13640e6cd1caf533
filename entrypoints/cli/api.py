import typer

from entrypoints.cli import options


def register(app: typer.Typer) -> None:
    app.command()(api)


def api(port: options.Port = None) -> None:
    """Serve the HTTP API of a deployment, until SIGTERM.

    It needs PostgreSQL and the object store, and no Kafka: what it has to tell waits in the outbox. Any number may run
    behind a load balancer. `vitrine migrate` comes first.

    For example:

      vitrine api

      VITRINE_HOST=0.0.0.0 vitrine api --port 8000
    """
    # The servers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.role_process import run_role  # noqa: PLC0415
    from entrypoints.role import Role  # noqa: PLC0415
    from entrypoints.running import run_api  # noqa: PLC0415

    run_role(Role.API, run_api, port)
