import os
from pathlib import Path

from adapters.embedded.accounts import Account


def read_or_create(path: Path, content: str, *, owner: Account | None = None) -> str:
    """The text of `path`; on first use the file is written with `content`, whole or not at all, mode 0600."""
    if not path.exists():
        write_private(path, content, owner=owner)
    return path.read_text(encoding="utf-8")


def write_private(path: Path, content: str, *, owner: Account | None = None) -> None:
    """Replace `path` atomically by a file that its owner alone can read."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123  # the mode was set at creation
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if owner is not None:
            os.fchown(file.fileno(), owner.uid, owner.gid)
    draft.replace(path)
