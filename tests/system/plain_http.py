from typing import Any

import httpx


def plain_http(**options: Any) -> httpx.AsyncClient:
    """A client of what runs on this machine, where nothing is encrypted: the usual one first reads all certificates,
    for a tenth of a second.
    """
    return httpx.AsyncClient(verify=False, **options)
