"""Apache Kafka as its project publishes it: jars, fetched by Maven once for all checkouts of this user."""

import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.embedded.death_signal import death_signal

VERSION = "4.1.1"
_LOG4J = "2.25.3"  # its binding for slf4j 1.7, which this Kafka speaks
_FETCH_SECONDS = 600.0
_TAIL = 2000

_POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>vitrine</groupId>
  <artifactId>kafka-for-tests</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>{_LOG4J}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>{_LOG4J}</version>
    </dependency>
  </dependencies>
  <build>
    <pluginManagement>
      <plugins>
        <plugin>
          <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId>
          <version>3.8.1</version>
        </plugin>
      </plugins>
    </pluginManagement>
  </build>
</project>
"""


class JarsNotFetched(Exception):
    """The message says why, and what to do."""


def jars_folder() -> Path:
    """Where the jars are, or will be: all of them, or none."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "vitrine" / f"kafka-{VERSION}"


def maven() -> str | None:
    return shutil.which("mvn")


def fetch(folder: Path, *, within: float = _FETCH_SECONDS) -> None:
    """Fill `folder` unless it is there. Whoever comes second waits; a kill leaves nothing that looks whole.

    Raises JarsNotFetched.
    """
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with alone(folder.with_name(f"{folder.name}.lock")):
        if folder.exists():
            return
        draft = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            _run_maven(draft, within)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time; the next waits. The lock goes with its holder, however that ends."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run_maven(target: Path, within: float) -> None:
    program = maven()
    if program is None:
        raise JarsNotFetched("there is no Maven to fetch Kafka's jars with (Debian: apt-get install maven)")
    with TemporaryDirectory(prefix="vitrine-maven-") as project:
        (Path(project) / "pom.xml").write_text(_POM)
        goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={target}")
        try:
            run = subprocess.run(
                (program, "--batch-mode", "--no-transfer-progress", "--strict-checksums", *goal),
                cwd=project,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=within,
                check=False,
                preexec_fn=death_signal(signal.SIGKILL),
            )
        except subprocess.TimeoutExpired as error:
            raise JarsNotFetched(
                f"Maven has not fetched Kafka's jars within {within:g} s; try: make services"
            ) from error
    if run.returncode != 0:
        raise JarsNotFetched(f"Maven cannot fetch Kafka's jars; see: make services\n{run.stdout[-_TAIL:]}")
