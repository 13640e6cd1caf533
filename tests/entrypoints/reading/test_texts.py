"""Texts in bodies, and how a wrong one is told."""

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from domain.errors import Rejected, Violation
from entrypoints.reading.json_body import read_json
from entrypoints.reading.texts import Line

WORDS = "one line in which something can be seen, without control characters"


class Title(msgspec.Struct):
    title: Line


class Titles(msgspec.Struct):
    title: Line | UnsetType = UNSET
    headline: Line | None = None
    others: list[Title] | UnsetType = UNSET


def read(text: str) -> str:
    return read_json(msgspec.json.encode({"title": text}), Title).title


def refused(body: object, expected: type[msgspec.Struct]) -> list[Violation]:
    with pytest.raises(Rejected) as caught:
        read_json(msgspec.json.encode(body), expected)
    return list(caught.value.violations)


@pytest.mark.parametrize("text", ["A", " A-4711 ", "★", "🔥", "\u200fאב", "é" * 200, " " * 199 + "x"])
def test_a_line_that_shows_something_stays_as_it_is(text: str) -> None:
    assert read(text) == text


@pytest.mark.parametrize("text", [" ", "\u202e\u200b", "\xa0\u3000", "\u3164", "\u2800", " " * 200])
@pytest.mark.parametrize("wrap", ["{}", "{}\u200d"])
def test_of_a_line_something_can_be_seen(text: str, wrap: str) -> None:
    text = wrap.format(text)[:200]

    assert refused({"title": text}, Title) == [Violation("/title", "FORMAT", WORDS)]


@pytest.mark.parametrize("text", ["a\nb", "a\n", "\ta", "a\x7f", "a\x85b", "\x1b[1m"])
def test_a_line_has_no_control_characters(text: str) -> None:
    assert refused({"title": text}, Title) == [Violation("/title", "FORMAT", WORDS)]


def test_where_it_may_be_left_out_it_is_told_in_the_same_words() -> None:
    body = {"title": " ", "headline": "\n", "others": [{"title": "A"}, {"title": "\u200b"}]}

    assert refused(body, Titles) == [
        Violation(pointer, "FORMAT", WORDS) for pointer in ("/title", "/headline", "/others/1/title")
    ]


def test_what_may_be_left_out_is_not_null() -> None:
    assert [(found.pointer, found.code) for found in refused({"title": None}, Titles)] == [("/title", "WRONG_TYPE")]
    assert read_json(b'{"headline": null}', Titles) == Titles()


def test_nothing_at_all_and_too_much_are_of_a_wrong_length() -> None:
    for text in ("", "a" * 201):
        assert [(found.pointer, found.code) for found in refused({"title": text}, Title)] == [("/title", "LENGTH")]
