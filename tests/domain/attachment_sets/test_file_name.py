import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attachment_sets.file_name import file_name_of
from domain.media.wording import name_violations


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a/lamp.jpg", "lamp.jpg"),
        ("https://example.org/a/lamp.jpg?size=2#top", "lamp.jpg"),
        ("https://example.org/a/gr%C3%BCne%20Lampe.pdf", "grüne Lampe.pdf"),
        ("https://example.org/a/..%2F..%2Fpasswd", "passwd"),
        ("https://example.org/a/%00%0Alamp", "lamp"),
        ("https://example.org/a/", "a"),
        ("https://example.org", "example.org"),
        ("https://example.org/%E2%A0%80", "example.org"),
        ("https://example.org/" + "x" * 400 + ".png", "x" * 251 + ".png"),
    ],
)
def test_a_file_is_called_by_the_end_of_its_address(url: str, name: str) -> None:
    assert file_name_of(url) == name


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_whatever_the_path_the_name_can_be_used(path: str) -> None:
    assert list(name_violations("/file", file_name_of(f"https://example.org/{path}"))) == []
