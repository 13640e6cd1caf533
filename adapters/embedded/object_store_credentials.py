import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from adapters.embedded.private_files import read_or_create

# The servers inside SeaweedFS talk to each other over loopback ports that know nothing of S3
# credentials. With these keys they refuse everybody who cannot sign with them.
_INNER_KEYS = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStoreCredentials:
    access_key: str
    secret_key: str

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The key pair of the store in `folder`; generated on first use, kept in a file of mode 0600."""
        fresh = {"access_key": secrets.token_hex(10).upper(), "secret_key": secrets.token_urlsafe(30)}
        stored = json.loads(read_or_create(folder / "credentials.json", json.dumps(fresh)))
        return cls(access_key=stored["access_key"], secret_key=stored["secret_key"])


def ensure_inner_keys(folder: Path) -> None:
    """Write `security.toml`, which SeaweedFS reads from its working folder."""
    sections = [f'[{name}]\nkey = "{secrets.token_urlsafe(32)}"\n' for name in _INNER_KEYS]
    read_or_create(folder / "security.toml", "\n".join(sections))
