import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile


@contextmanager
def lent(data: bytes) -> Iterator[str]:
    """A path by which a child of ours can read the bytes. Where the system has files in memory they touch no disk, and
    cost a tenth of what they would as JSON through a pipe.
    """
    if sys.platform != "linux":
        with NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            yield file.name
        return
    descriptor = os.memfd_create("lent")
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        yield f"/proc/{os.getpid()}/fd/{descriptor}"
    finally:
        os.close(descriptor)
