import hashlib
import hmac
import http.client
from datetime import UTC, datetime

from adapters.embedded.object_store_credentials import ObjectStoreCredentials
from adapters.embedded.ports import LOOPBACK

REGION = "us-east-1"
_SECONDS = 2.0
_SIGNED = "host;x-amz-content-sha256;x-amz-date"
_PAYLOAD = "UNSIGNED-PAYLOAD"


def status_of(
    method: str,
    port: int,
    path: str,
    credentials: ObjectStoreCredentials | None = None,
    *,
    body: bytes | None = None,
    now: datetime | None = None,
) -> int | None:
    """The status of a request on this machine, None when nothing answers; blocks for 2 s at most a step.

    Signed (AWS Signature 4) when credentials are given: then a 200 proves that the store is ours.
    """
    host = f"{LOOPBACK}:{port}"
    headers = {} if credentials is None else _signature(method, host, path, credentials, now or datetime.now(UTC))
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_SECONDS)
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return None
    else:
        return answer.status
    finally:
        connection.close()


def _signature(method: str, host: str, path: str, credentials: ObjectStoreCredentials, now: datetime) -> dict[str, str]:
    moment, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    scope = f"{day}/{REGION}/s3/aws4_request"
    headers = f"host:{host}\nx-amz-content-sha256:{_PAYLOAD}\nx-amz-date:{moment}\n"
    request = f"{method}\n{path}\n\n{headers}\n{_SIGNED}\n{_PAYLOAD}"
    digest = hashlib.sha256(request.encode()).hexdigest()
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}".encode(), "sha256").hex()
    return {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={_SIGNED}, Signature={signature}",
        "X-Amz-Content-Sha256": _PAYLOAD,
        "X-Amz-Date": moment,
    }
