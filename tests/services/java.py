import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache

OLDEST = 17
_ANSWER_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Java:
    program: str
    version: str
    """Such as 17.0.15."""

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version, maxsplit=1)[0])


@cache
def find_java() -> Java | None:
    """The one of JAVA_HOME, else of PATH, that is new enough for Kafka."""
    home = os.environ.get("JAVA_HOME")
    for program in (shutil.which("java", path=f"{home}/bin") if home else None, shutil.which("java")):
        if program is not None and (java := _asked(program)) is not None and java.major >= OLDEST:
            return java
    return None


def _asked(program: str) -> Java | None:
    """None for what is no Java, such as the stub of macOS that only says where to get one."""
    try:
        answer = subprocess.run(
            (program, "-version"), capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r'version "(\d[^"]*)"', answer.stderr)
    return Java(program=program, version=version[1]) if answer.returncode == 0 and version else None
