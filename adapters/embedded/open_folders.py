from pathlib import Path


def make_open_parents(path: Path) -> None:
    """Create the missing folders above `path`, open to every user whatever the umask; others stay as they are."""
    missing = [parent for parent in path.parents if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        parent.chmod(0o755)
