"""What nothing can be seen of, held against Unicode."""

from unicodedata import category

import pytest

from domain.unseen import can_be_seen

SIGNS = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2}
"""Formats of Unicode that have a shape of their own."""
BLANKS_AND_FORMATS = [
    chr(number)
    for number in range(0x10000)
    if category(chr(number)) in {"Zs", "Zl", "Zp", "Cf"} and number not in SIGNS
]


def test_no_blank_and_no_format_can() -> None:
    assert len(BLANKS_AND_FORMATS) > 50
    assert [f"{ord(each):04x}" for each in BLANKS_AND_FORMATS if can_be_seen(each)] == []
    assert not can_be_seen("".join(BLANKS_AND_FORMATS))


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u3164", "\u115f\u1160", "\u2800", "\ufe0f", "\u034f"])
def test_neither_can_what_is_blank_by_another_name(text: str) -> None:
    assert not can_be_seen(text)


@pytest.mark.parametrize("text", ["a", " a ", "\u202eא", "★", "🔥", "—", "한", "\u0600", "\ufffd"])
def test_letters_signs_and_pictures_can(text: str) -> None:
    assert can_be_seen(text)
