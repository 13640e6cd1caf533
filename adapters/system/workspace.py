"""Scratch folders on local disk."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from application.ports.workspace import Workspace, WorkspaceFull


class DiskWorkspace(Workspace):
    """`root` is shared by the processes of one user; each works in a folder named by its process id.

    Raises PermissionError when somebody else owns `root`: then it could be made to point anywhere.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        if root.is_symlink() or root.stat().st_uid != os.getuid():
            raise PermissionError(f"{root} belongs to another user; remove it or choose another VITRINE_WORK_DIR")
        for leftover in root.iterdir():
            if not _is_alive(leftover.name):
                shutil.rmtree(leftover, ignore_errors=True)
        self._root = root / str(os.getpid())
        self._root.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def folder(self, name: str, *, needed: int) -> Iterator[Path]:
        free = shutil.disk_usage(self._root).free
        if free < needed:
            raise WorkspaceFull(needed=needed, free=free)
        path = self._root / name
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        shutil.rmtree(self._root, ignore_errors=True)


def _is_alive(process_id: str) -> bool:
    """False too for what is no process id: nobody of ours has put it there."""
    try:
        os.kill(int(process_id), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return int(process_id) != os.getpid()
