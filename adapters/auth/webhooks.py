"""Standard Webhooks signatures (https://www.standardwebhooks.com) of external pipelines."""

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from application.ports.auth import SignatureRefused, WebhookVerifier

_TOLERANCE = timedelta(minutes=5)
_VERSION = "v1,"
_ID = re.compile(r"[\x21-\x7e]{1,255}")
_SECONDS = re.compile(r"[0-9]{1,11}")


class StandardWebhooksVerifier(WebhookVerifier):
    """A signature by any one of `secrets` will do, so that they can be rotated without a gap.

    The package signs; the comparison is here, since its own `verify` reads the machine's clock. Raises
    ValueError on construction for a secret that is not base64, with or without `whsec_`.
    """

    def __init__(self, *, secrets: Sequence[str]) -> None:
        self._webhooks = [_webhook(secret) for secret in secrets]

    def verify(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> str:
        if not self._webhooks:
            raise SignatureRefused("no webhook secret is configured, so that no callback can be trusted")
        given = {name.lower(): value for name, value in headers.items()}
        message_id = _matching(_ID, given.get("webhook-id"), "webhook-id")
        sent_at = _sent_at(_matching(_SECONDS, given.get("webhook-timestamp"), "webhook-timestamp"))
        ours = list(self._signatures(message_id, sent_at, body))
        theirs = [text for text in given.get("webhook-signature", "").split() if text.startswith(_VERSION)]
        if not any(hmac.compare_digest(our, their.encode()) for our in ours for their in theirs):
            raise SignatureRefused("no signature of ours is among those in webhook-signature")
        if abs(now - sent_at) > _TOLERANCE:
            raise SignatureRefused("webhook-timestamp is more than five minutes away from now")
        return message_id

    def _signatures(self, message_id: str, sent_at: datetime, body: bytes) -> Iterator[bytes]:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise SignatureRefused("the body is not UTF-8") from None
        for webhook in self._webhooks:
            yield webhook.sign(message_id, sent_at, text).encode()


def _webhook(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (EmptyWebhookSecretError, ValueError) as error:
        # The secret itself does not belong into a message.
        raise ValueError("a webhook secret is base64, and not empty") from error


def _matching(pattern: re.Pattern[str], value: str | None, header: str) -> str:
    if value is None or not pattern.fullmatch(value):
        raise SignatureRefused(f"the header {header} is missing or malformed")
    return value


def _sent_at(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
