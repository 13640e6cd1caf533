"""Whether a media suits what it is to be used for. The ledger asks whether it can be used at all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.errors import Rejected, Violation
from domain.ids import MediaId
from domain.media.media import Media


@dataclass(frozen=True, slots=True)
class NewUse:
    """A media that a request puts to use: `at` is its JSON pointer there, `accepted` the MIME types that suit the
    place. One that is `shown` is seen by everybody in the store, so that no confidential media suits.
    """

    at: str
    media_id: MediaId
    accepted: frozenset[str]
    shown: bool = True


def require_suitable(uses: Sequence[NewUse], media: Iterable[Media]) -> None:
    """Raises Rejected with everything that does not suit; what is not among the media is refused by the ledger."""
    by_id = {each.id: each for each in media}
    violations = [
        violation for use in uses if use.media_id in by_id for violation in _violations(use, by_id[use.media_id])
    ]
    if violations:
        raise Rejected("some media do not suit what they are to be used for; see errors", violations)


def _violations(use: NewUse, media: Media) -> Iterator[Violation]:
    if use.shown and media.is_confidential:
        detail = f"media of kind {media.kind} are for those who run the store; everybody sees what is shown here"
        yield Violation(use.at, "CONFIDENTIAL_MEDIA", detail)
    if media.mime_type not in use.accepted:
        detail = f"one of {', '.join(sorted(use.accepted))}, not {media.mime_type}"
        yield Violation(use.at, "MEDIA_TYPE_NOT_ALLOWED", detail)
