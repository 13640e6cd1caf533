from dataclasses import dataclass, field
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """Where a bucket is, as one kind of caller sees it, and who we are there.

    The same bucket has two addresses when browsers reach the store by another host than we do:
    a signature holds for one host only.
    """

    endpoint_url: str
    bucket: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    path_style: bool = True

    @property
    def host(self) -> str:
        """The Host header that a client sends: without the scheme's default port."""
        parts = urlsplit(self.endpoint_url)
        port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
        name = parts.hostname or ""
        name = f"[{name}]" if ":" in name else name
        return f"{name}{port}" if self.path_style else f"{self.bucket}.{name}{port}"

    @property
    def origin(self) -> str:
        """Scheme and authority, as in the endpoint's own spelling."""
        parts = urlsplit(self.endpoint_url)
        authority = parts.netloc if self.path_style else f"{self.bucket}.{parts.netloc}"
        return f"{parts.scheme}://{authority}"

    @property
    def base_path(self) -> str:
        """What precedes the key in a URL's path, with both slashes."""
        path = urlsplit(self.endpoint_url).path.rstrip("/")
        return f"{path}/{self.bucket}/" if self.path_style else f"{path}/"
