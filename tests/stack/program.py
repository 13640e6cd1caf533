import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("vitrine")
_SECONDS = 120


async def run_program(*arguments: str, environment: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """`vitrine` with these arguments, to its end: exit code and everything that it said."""
    process = await asyncio.create_subprocess_exec(
        str(PROGRAM),
        *arguments,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    return process.returncode or 0, output.decode(errors="replace")
