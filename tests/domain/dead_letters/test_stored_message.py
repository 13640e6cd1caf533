"""Whatever arrives can be stored: bounded, and as it came where that is possible."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.dead_letters.stored_message import MOST_BODY, MOST_HEADERS, StoredMessage, storable

NAMES = st.text(st.characters(codec=None, categories=None), max_size=20)  # halves of characters too


def keep(**changes: Any) -> StoredMessage:
    told = {"topic": "t", "place": "0/1", "key": None, "headers": {}, "body": b"", "id": None, "type": None}
    return StoredMessage.keep(**(told | changes))


@given(st.dictionaries(NAMES, st.binary(max_size=50), max_size=5), NAMES, NAMES)
def test_all_of_it_is_text_that_can_be_encoded(headers: dict[str, bytes], named: str, kind: str) -> None:
    kept = keep(headers=headers, id=named, type=kind)

    for text in (*kept.headers, *kept.headers.values(), kept.id or "", kept.type or ""):
        text.encode()
    assert "\0" not in f"{kept.id}{kept.type}"
    assert not kept.truncated


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=5), st.binary(max_size=99))
def test_what_is_text_and_small_is_kept_as_it_came(headers: dict[str, str], body: bytes) -> None:
    kept = keep(headers={name: value.encode() for name, value in headers.items()}, body=body, key=body)

    assert (kept.headers, kept.body, kept.key, kept.truncated) == (headers, body, body, False)


def test_a_body_is_kept_to_its_bound() -> None:
    assert not keep(body=bytes(MOST_BODY)).truncated
    kept = keep(body=bytes(MOST_BODY + 1))
    assert (len(kept.body), kept.truncated) == (MOST_BODY, True)


def test_headers_are_kept_as_long_as_there_is_room() -> None:
    exact = {"ce_id": b"7", "fits": bytes(MOST_HEADERS - 10)}
    assert not keep(headers=exact).truncated
    kept = keep(headers=exact | {"x": b""})
    assert (set(kept.headers), kept.truncated) == ({"ce_id", "fits"}, True)


@given(NAMES, st.integers(0, 30))
def test_text_is_cut_and_cleaned(text: str, most: int) -> None:
    stored = storable(text, at_most=most)
    assert len(stored) <= most
    assert "\0" not in stored
    stored.encode()
