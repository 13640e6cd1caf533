"""Whatever a client calls its files, the archive extracts below its folder, on every system."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.archive.names import safe_names

pieces = st.sampled_from(["..", ".", "", "/", "\\", "C:", "a", "A.jpg", "é", "\0", "\n", " ", "\u202e", "x" * 300])
names = st.text(max_size=40) | st.lists(pieces, max_size=8).map("".join)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("PHOTO_VERTICAL/001-kitchen.jpg", "PHOTO_VERTICAL/001-kitchen.jpg"),
        ("Küche/写真.jpg", "Küche/写真.jpg"),
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("a/./b/../c", "a/b/c"),
        ("..\\..\\boot.ini", ".._.._boot.ini"),
        ("C:\\Windows\\x", "C__Windows_x"),
        ("a\r\nb\0c\u202etxt.exe", "a__b_c_txt.exe"),
        ("trailing. /dots...", "trailing/dots"),
        ('what?<>|"*.jpg', "what______.jpg"),
        ("", "file"),
        ("../..", "file"),
        ("deep/" * 300 + "a.jpg", "a.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
    ],
)
def test_examples(name: str, safe: str) -> None:
    assert safe_names([name]) == [safe]


def test_equal_names_are_numbered_by_case_too() -> None:
    wanted = ["a/b.jpg", "A/B.jpg", "a/b.jpg", "a/b (2).jpg", "c"]
    assert safe_names(wanted) == ["a/b.jpg", "A/B (2).jpg", "a/b (3).jpg", "a/b (2) (2).jpg", "c"]


@given(st.lists(names, max_size=6))
def test_every_name_stays_below_its_folder_and_is_its_own(wanted: list[str]) -> None:
    safe = safe_names(wanted)

    assert len({name.casefold() for name in safe}) == len(wanted)
    for name in safe:
        assert name.isprintable()
        for path in (PurePosixPath(name), PureWindowsPath(name)):
            assert path.parts
            assert not path.is_absolute()
            assert not path.drive
            assert not {"..", "."} & set(path.parts)
            assert path.as_posix() == name
        assert all(len(part.encode()) <= 260 for part in name.split("/"))
