"""The SHA-256 of a file, in the three spellings that clients send."""

import base64
import binascii
from dataclasses import dataclass

_PREFIX = "sha256:"
_SIZE = 32


class InvalidChecksum(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class Checksum:
    """32 bytes of SHA-256."""

    digest: bytes

    def __post_init__(self) -> None:
        if len(self.digest) != _SIZE:
            raise InvalidChecksum(f"a SHA-256 has 32 bytes, this has {len(self.digest)}")

    @classmethod
    def parse(cls, text: str) -> "Checksum":
        """Read `sha256:<hex>`, 64 hex digits, or base64 (44 characters). Raises InvalidChecksum."""
        body = text.removeprefix(_PREFIX)
        try:
            digest = bytes.fromhex(body) if len(body) == 2 * _SIZE else base64.b64decode(body, validate=True)
        except (ValueError, binascii.Error):
            raise InvalidChecksum("expected sha256:<64 hex digits>, 64 hex digits, or base64") from None
        return cls(digest)

    @property
    def hex(self) -> str:
        return self.digest.hex()

    @property
    def base64(self) -> str:
        return base64.b64encode(self.digest).decode()

    def __str__(self) -> str:
        return _PREFIX + self.hex
