"""What stands before the file in the form of an upload."""

from domain.errors import Violation
from domain.media.announcement import SentAlong, word_violations
from domain.media.media import DEFAULT_FOLDER
from entrypoints.http.reading.file_form import FormOpening

WORDS = ("kind", "folder", "altText", "description", "checksum")


def sent_along(opening: FormOpening) -> SentAlong:
    """Raises Rejected with every violation."""
    words = opening.words
    sent = SentAlong(
        filename=opening.filename,
        kind=words.get("kind", ""),
        checksum=words.get("checksum"),
        folder=words.get("folder", DEFAULT_FOLDER),
        alt_text=words.get("altText"),
        description=words.get("description"),
    )
    opening.require_none(_violations(sent))
    return sent


def _violations(sent: SentAlong) -> list[Violation]:
    if sent.kind:
        return list(word_violations(sent))
    others = [violation for violation in word_violations(sent) if violation.pointer != "/kind"]
    return [Violation("/kind", "MISSING_FIELD", "this is required, before the file"), *others]
