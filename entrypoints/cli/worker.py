from collections.abc import Collection
from functools import partial
from typing import Annotated

import typer

from entrypoints.cli import options
from entrypoints.cli.errors import CommandFailed
from entrypoints.worker_kind import WorkerKind


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker(
    kinds: Annotated[
        str, typer.Option(help="What to work on, comma-separated: image, video, archive, deletion.")
    ] = ",".join(WorkerKind),
    port: options.Port = None,
) -> None:
    """Process photos, videos and archives, and end media that may be deleted, until SIGTERM.

    Each kind has a topic of its own, so that a video never delays a photo: give each kind workers of its own, and
    scale them apart. A worker that is told to stop finishes what it has, for VITRINE_DRAIN seconds at most, and gives
    the rest back.

    For example:

      vitrine worker --kinds image

      VITRINE_VIDEO_WORKERS=2 vitrine worker --kinds video,archive

      vitrine worker --kinds deletion
    """
    chosen = _kinds(kinds)
    # The servers take seconds to import, and the other commands do not need them.
    from entrypoints.cli.role_process import run_role  # noqa: PLC0415
    from entrypoints.role import Role  # noqa: PLC0415
    from entrypoints.running import run_worker  # noqa: PLC0415

    run_role(Role.WORKER, partial(run_worker, kinds=chosen), port)


def _kinds(text: str) -> Collection[WorkerKind]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = sorted(set(names) - set(WorkerKind))
    if unknown or not names:
        raise CommandFailed(
            f"--kinds: {', '.join(unknown) or 'nothing'} is no kind of work; one or more of {', '.join(WorkerKind)}."
        )
    return [kind for kind in WorkerKind if kind in names]
