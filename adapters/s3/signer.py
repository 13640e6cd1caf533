from datetime import datetime, timedelta

from adapters.s3.address import BucketAddress
from adapters.s3.disposition import encoded_attachment
from adapters.s3.sigv4 import Presigner, encode_value
from application.ports.storage import SignedUpload, UrlSigner
from domain.checksum import Checksum


class SigV4UrlSigner(UrlSigner):
    """Signs for the address that clients see; 2 to 3 microseconds a GET.

    Several threads may use one signer.
    """

    def __init__(self, address: BucketAddress) -> None:
        self._presign = Presigner(address).presign

    def put(
        self,
        key: str,
        *,
        content_type: str,
        size: int,
        checksum: Checksum,
        now: datetime,
        expires_in: timedelta,
    ) -> SignedUpload:
        headers = {
            "content-length": str(size),
            "content-type": _header_value(content_type),
            "x-amz-checksum-sha256": checksum.base64,
        }
        url = self._presign("PUT", key, now=now, expires_in=expires_in, headers=headers)
        return SignedUpload(url=url, headers=headers)

    def part(
        self, key: str, *, upload_id: str, number: int, size: int, now: datetime, expires_in: timedelta
    ) -> SignedUpload:
        headers = {"content-length": str(size)}
        query = f"partNumber={number}&uploadId={encode_value(upload_id)}"
        url = self._presign("PUT", key, now=now, expires_in=expires_in, headers=headers, query=query)
        return SignedUpload(url=url, headers=headers)

    def get(self, key: str, *, now: datetime, expires_in: timedelta, download_as: str | None = None) -> str:
        query = "" if download_as is None else f"response-content-disposition={encoded_attachment(download_as)}"
        return self._presign("GET", key, now=now, expires_in=expires_in, query=query)


def _header_value(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("a content type is printable ASCII")
    return " ".join(text.split())
