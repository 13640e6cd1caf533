"""Words of names: what a search finds."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.media.words import have_words, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IMG_0001-WA0042.JPG", {"img", "0001", "wa0042", "jpg"}),
        ("größe (1).png", {"grösse", "1", "png"}),
        (normalize("NFD", "GRÖSSE.png"), {"grösse", "png"}),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER F}ull.jpg", {"full", "jpg"}),
        ("kitchen kitchen", {"kitchen"}),
        ("厨房 照片", {"厨房", "照片"}),
        ("___ --- %", set()),
        ("", set()),
    ],
)
def test_words_are_runs_of_letters_and_digits_however_they_are_spelled(name: str, words: set[str]) -> None:
    assert words_of(name) == words


@given(st.text())
def test_reading_words_again_changes_nothing(text: str) -> None:
    words = words_of(text)

    assert words_of(" ".join(words)) == words


@given(st.text(), st.integers(1, 5))
def test_the_beginning_of_each_word_finds_the_name(name: str, size: int) -> None:
    words = words_of(name)

    assert have_words(words, frozenset(word[:size] for word in words))
    assert have_words(words, frozenset())
    assert not have_words(words, frozenset({"\N{SNOWMAN}"}))
