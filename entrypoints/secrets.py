"""The secrets that the settings name; on one machine, those that are made once and kept beside the data."""

import json
import os
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from entrypoints.services import data_dir
from entrypoints.settings import InvalidSettings, Settings

_FILE = "secrets.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """`jwt_secret` is None when tokens come from elsewhere, or from nobody: then all are refused."""

    jwt_secret: str | None = field(repr=False)
    link_secret: bytes = field(repr=False)
    webhook_secrets: Sequence[str] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Secrets":
        """Raises InvalidSettings when a deployment leaves out what all its processes must share."""
        if settings.embeds_services:
            local = LocalSecrets.of(data_dir(settings))
            own_tokens = settings.jwks_url is None
            return cls(
                jwt_secret=settings.jwt_secret or (local.jwt_secret if own_tokens else None),
                link_secret=(settings.link_secret or local.link_secret).encode(),
                webhook_secrets=settings.webhooks or [local.webhook_secret],
            )
        if settings.link_secret is None:
            raise InvalidSettings(["VITRINE_LINK_SECRET is needed, the same for all processes"])
        return cls(
            jwt_secret=settings.jwt_secret,
            link_secret=settings.link_secret.encode(),
            webhook_secrets=settings.webhooks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSecrets:
    """Readable by their owner alone."""

    jwt_secret: str = field(repr=False)
    link_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    @classmethod
    def of(cls, folder: Path) -> "LocalSecrets":
        """Read them, or make them at the first start. The folder must exist."""
        return cls.known(folder) or cls._make(folder / _FILE)

    @classmethod
    def known(cls, folder: Path) -> "LocalSecrets | None":
        """Read them; None before the first start."""
        path = folder / _FILE
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    @classmethod
    def _make(cls, path: Path) -> "LocalSecrets":
        made = cls(
            jwt_secret=secrets.token_urlsafe(32),
            link_secret=secrets.token_urlsafe(32),
            webhook_secret="whsec_" + b64encode(secrets.token_bytes(24)).decode(),
        )
        # Written aside and linked into place: of two first starts one wins, and nobody reads half a file.
        draft = path.with_name(f"{_FILE}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(made), file)
        try:
            os.link(draft, path)
        except FileExistsError:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        finally:
            draft.unlink()
        return made
