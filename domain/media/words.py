"""The words of a name, as the search of the library knows them."""

import re
from unicodedata import normalize

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> frozenset[str]:
    """Runs of letters and digits; neither case nor the ways in which Unicode spells one letter make a difference."""
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    return frozenset(_WORD.findall(folded))


def have_words(names: frozenset[str], wanted: frozenset[str]) -> bool:
    """True when each of the wanted words begins one of the name's."""
    return all(any(name.startswith(word) for name in names) for word in wanted)
