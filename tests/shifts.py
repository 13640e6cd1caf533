"""How workers share out the tests: what shares a process stays together, and what takes long comes first.

A server that waits for tests costs a tenth of a core, and each worker would start its own.
"""

from collections.abc import Mapping, Sequence

from xdist.scheduler import LoadFileScheduling

SHIFTS: Mapping[str, Sequence[str]] = {
    "the deletion worker": ["tests/system/test_deletion_worker.py"],
    "the deployment": ["tests/system/test_deployment.py"],
    "the Vitrine that is killed": [
        "tests/system/test_killed.py",
        "tests/system/test_children.py",
        "tests/system/test_readiness.py",
    ],
    "chaos": ["tests/chaos/"],
    "the Vitrine that is audited": ["tests/system/test_audit.py"],
    "the Vitrine that is seeded": ["tests/system/test_seed.py"],
    "the Vitrine of the commands": [
        f"tests/entrypoints/cli/test_{name}.py" for name in ("resume", "upload", "download", "run")
    ],
    "the Vitrine that lives": ["tests/system/"],
    "the object store": [
        "tests/adapters/s3/",
        "tests/adapters/archive/",
        "tests/contracts/storage/",
        "tests/entrypoints/consumer/test_inbound.py",
        "tests/entrypoints/consumer/test_media_tasks.py",
    ],
    "the broker": ["tests/adapters/kafka/", "tests/contracts/messaging/", "tests/services/test_kafka.py"],
}
"""By the beginning of the path. The rest is shared out file by file."""

_FIRST = [*SHIFTS, "tests/uploads/", "tests/entrypoints/cli/", "tests/services/", "tests/adapters/"]


def shift_of(nodeid: str) -> str:
    file = nodeid.partition("::")[0]
    return next((name for name, paths in SHIFTS.items() if file.startswith(tuple(paths))), file)


def rank_of(nodeid: str) -> int:
    shift = shift_of(nodeid)
    return next((rank for rank, first in enumerate(_FIRST) if shift.startswith(first)), len(_FIRST))


class Shifts(LoadFileScheduling):
    """`--dist loadfile`, with some files taken as one."""

    def _split_scope(self, nodeid: str) -> str:
        return shift_of(nodeid)
