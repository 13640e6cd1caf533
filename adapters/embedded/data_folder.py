import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.embedded.accounts import Account, unprivileged_account
from adapters.embedded.errors import DataFolderInUse, DataFolderUnreachable
from adapters.embedded.open_folders import make_open_parents

_SYSTEM_DATA = Path("/var/lib/vitrine")
_LOCK = "lock"
_held: set[int] = set()


def default_data_dir(project_dir: Path) -> Path:
    """Where the data of a checkout lives: `.vitrine` inside it.

    Root runs PostgreSQL as another user. A project that this user cannot reach, say below /root,
    keeps its data in /var/lib/vitrine/<name>-<hash of the path>.
    """
    project = project_dir.resolve()
    account = unprivileged_account()
    if account is None or account.barrier(project) is None:
        return project / ".vitrine"
    digest = hashlib.sha256(os.fsencode(project)).hexdigest()[:8]
    return _SYSTEM_DATA / f"{project.name}-{digest}"


@contextmanager
def hold_data_folder(folder: Path, account: Account | None = None) -> Iterator[Path]:
    """Create `folder` if need be and hold it alone; yields its absolute path.

    The lock goes with the process, however it ends. Raises DataFolderInUse at once when another holder
    is alive, DataFolderUnreachable when `account` (or the current user) cannot use the folder.
    """
    folder = folder.resolve()
    try:
        _create(folder, account)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise DataFolderUnreachable(folder, f"user {os.geteuid()}", str(error)) from error
    _held.add(descriptor)
    try:
        _lock(descriptor, folder)
        yield folder
    finally:
        if descriptor in _held:  # not so in a forked child, which has closed it
            _held.remove(descriptor)
            os.close(descriptor)


def _create(folder: Path, account: Account | None) -> None:
    make_open_parents(folder)
    if not folder.exists():
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
    if account is None:
        return
    if not account.passes(folder) and not any(folder.iterdir()):
        folder.chmod(0o711)
    if (barrier := account.barrier(folder)) is not None:
        raise DataFolderUnreachable(folder, f"user {account.name}", f"{barrier} does not let this user in")


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise DataFolderInUse(folder, os.pread(descriptor, 32, 0).decode().strip()) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _drop_inherited_locks() -> None:
    # A forked child would otherwise keep the folder locked after its parent was killed.
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_drop_inherited_locks)
