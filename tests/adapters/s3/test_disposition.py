"""The name that a download gets, as clients parse it, for names that anybody may have chosen."""

import re
from email.message import Message
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.s3.disposition import attachment, encoded_attachment

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
TOKEN = re.compile(r"attachment; filename=\"[^\"\\\x00-\x1f\x7f]+\"(; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+)?")


def parsed(value: str) -> Message:
    message = Message()
    message["Content-Disposition"] = value
    return message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("photo.jpg", 'attachment; filename="photo.jpg"'),
        ("my photo (1).jpg", 'attachment; filename="my photo (1).jpg"'),
        ("Küche.jpg", "attachment; filename=\"K_che.jpg\"; filename*=UTF-8''K%C3%BCche.jpg"),
        ('a"b.jpg', "attachment; filename=\"a_b.jpg\"; filename*=UTF-8''a%22b.jpg"),
        ("../../etc/passwd", 'attachment; filename=".._.._etc_passwd"'),
        ("a\r\nSet-Cookie: x=1", 'attachment; filename="a__Set-Cookie: x=1"'),
        ("", 'attachment; filename="download"'),
    ],
)
def test_examples(name: str, value: str) -> None:
    assert attachment(name) == value


@given(names)
def test_no_name_adds_a_header_or_a_parameter(name: str) -> None:
    assert TOKEN.fullmatch(attachment(name))


@given(names)
def test_clients_read_the_name_without_separators_and_control_characters(name: str) -> None:
    expected = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in name).strip() or "download"
    value = attachment(name)
    if "filename*" in value:
        assert unquote(value.rpartition("''")[2]) == expected
    else:
        assert parsed(value).get_filename() == expected


@given(names | st.from_regex(r"[A-Za-z0-9_.~-]{1,20}", fullmatch=True))
def test_the_encoded_form_is_the_same_value(name: str) -> None:
    assert encoded_attachment(name) == quote(attachment(name), safe="~")
