import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded.errors import NoUnprivilegedUser

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user that a server runs as, where that is not the current user."""

    name: str
    uid: int
    gid: int

    def passes(self, path: Path) -> bool:
        """Whether the mode of `path` lets this account enter (a folder) or execute (a file) it."""
        status = path.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)

    def barrier(self, path: Path) -> Path | None:
        """The first existing folder on the way to `path`, or `path` itself, that stops this account."""
        steps = [*reversed(path.parents), path]
        return next((step for step in steps if step.exists() and not self.passes(step)), None)


def unprivileged_account(cluster: Path | None = None) -> Account | None:
    """Who runs PostgreSQL: the owner of an existing cluster, else `postgres` or `nobody`.

    None when we are not root: then servers run as the current user.
    """
    if os.geteuid() != 0:
        return None
    if cluster is not None and cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        entry = pwd.getpwuid(owner)
        return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise NoUnprivilegedUser(_CANDIDATES)
