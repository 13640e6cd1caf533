from contextlib import suppress

import httpx
import psutil


async def answers_ok(process: psutil.Process, http: httpx.AsyncClient, port: int, path: str) -> bool:
    """Whether this very process, and no stranger on its port, answers with 200."""
    # Who listens is asked last: for that the kernel goes through every connection of the machine.
    with suppress(httpx.TransportError, psutil.NoSuchProcess):
        return (await http.get(f"http://127.0.0.1:{port}{path}")).is_success and _listens(process, port)
    return False


def _listens(process: psutil.Process, port: int) -> bool:
    connections = process.net_connections("tcp")
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in connections)
