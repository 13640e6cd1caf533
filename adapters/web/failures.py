"""What went wrong with a site, in words for whoever gave us its URL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus

import aiohttp

from adapters.web.guard import ConnectionGuard
from domain.assets.failure import FailureCode, MediaRejected

_MAY_PASS = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_MEANINGS: Sequence[tuple[type[Exception], FailureCode, str]] = (
    (TimeoutError, FailureCode.TIMEOUT, "the site took too long"),
    (aiohttp.ClientConnectorCertificateError, FailureCode.SITE_REFUSED, "the certificate of the site is not valid"),
    (aiohttp.ClientConnectorDNSError, FailureCode.SITE_UNREACHABLE, "the name of the site has no address"),
    (aiohttp.ClientResponseError, FailureCode.SITE_REFUSED, "the answer of the site is not valid HTTP"),
    (aiohttp.ClientPayloadError, FailureCode.SITE_UNREACHABLE, "the answer of the site broke off"),
    (aiohttp.InvalidURL, FailureCode.URL_INVALID, "this is no URL"),
    (aiohttp.ClientError, FailureCode.SITE_UNREACHABLE, "the site cannot be reached"),
    (OSError, FailureCode.SITE_UNREACHABLE, "the site cannot be reached"),
    (ValueError, FailureCode.URL_INVALID, "this is no URL"),
)
"""The first that fits counts: many are several of these at once."""


@contextmanager
def rejecting(guard: ConnectionGuard) -> Iterator[None]:
    """Turn what aiohttp and the system raise into MediaRejected."""
    try:
        yield
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise guard.refusal or _rejection(error) from error


def require_success(status: int) -> None:
    """Raises MediaRejected for whatever is no 2xx."""
    if status // 100 == HTTPStatus.OK // 100:
        return
    passes = status in _MAY_PASS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    code = FailureCode.SITE_UNREACHABLE if passes else FailureCode.SITE_REFUSED
    raise MediaRejected(code, f"the site answered with status {status}")


def _rejection(error: Exception) -> MediaRejected:
    return next(MediaRejected(code, detail) for kind, code, detail in _MEANINGS if isinstance(error, kind))
