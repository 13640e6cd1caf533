"""Characters of which nothing can be seen."""

import re

UNSEEN = (
    r"\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
)
"""Blanks, what Unicode calls default ignorable, marks of annotations, and the empty pattern of Braille. To stand in a
class of a regular expression, which Python and ECMAScript read alike: so none beyond the basic plane.
"""
_SEEN = re.compile(f"[^{UNSEEN}]")


def can_be_seen(text: str) -> bool:
    """True when there is anything in it but such characters."""
    return _SEEN.search(text) is not None
