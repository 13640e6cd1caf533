"""The three spellings of a SHA-256, and everything that is none of them."""

import base64

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from domain.checksum import Checksum, InvalidChecksum

digests = st.binary(min_size=32, max_size=32)


@given(digests)
def test_every_spelling_names_the_same_bytes(digest: bytes) -> None:
    spellings = [
        f"sha256:{digest.hex()}",
        digest.hex(),
        digest.hex().upper(),
        base64.b64encode(digest).decode(),
    ]
    assert {Checksum.parse(spelling) for spelling in spellings} == {Checksum(digest)}


@given(digests)
def test_what_it_prints_it_reads(digest: bytes) -> None:
    checksum = Checksum(digest)
    assert Checksum.parse(str(checksum)) == Checksum.parse(checksum.hex) == Checksum.parse(checksum.base64) == checksum


@given(st.binary(max_size=80))
@example(b"")
@example(bytes(31))
@example(bytes(33))
def test_another_length_is_refused_in_every_spelling(digest: bytes) -> None:
    assume(len(digest) != 32)
    for spelling in (digest.hex(), f"sha256:{digest.hex()}", base64.b64encode(digest).decode()):
        with pytest.raises(InvalidChecksum):
            Checksum.parse(spelling)
    with pytest.raises(InvalidChecksum):
        Checksum(digest)


@given(st.text(max_size=90))
@example("sha256:")
@example("md5:" + "0" * 32)
@example("0" * 63 + "g")
@example("0" * 62 + " 0")
@example("٣" * 64)
@example("-_" * 21 + "A=")
@example("A" * 43)
@example("A" * 43 + "=\n")
def test_garbage_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        checksum = Checksum.parse(text)
    except InvalidChecksum:
        return
    assert len(checksum.digest) == 32


@pytest.mark.parametrize(
    "text",
    [
        "0" * 62 + " 0",
        " " + "0" * 64,
        "A" * 43,
        "A" * 43 + "=\n",
        "A" * 20 + "!" + "A" * 23 + "=",
        "-_" * 21 + "A=",
        "sha512:" + "0" * 64,
    ],
)
def test_near_misses_are_refused(text: str) -> None:
    with pytest.raises(InvalidChecksum):
        Checksum.parse(text)
