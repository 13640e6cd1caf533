"""Titles and previews, as sites of all sorts tell them."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis.strategies import binary, lists, sampled_from

from adapters.web.page import read_page

URL = "https://site.example/news/today.html?x=y"
MIB = 1024 * 1024


def read(page: str | bytes, *, url: str = URL, content_type: str | None = "text/html; charset=utf-8") -> dict[str, Any]:
    start = page.encode() if isinstance(page, str) else page
    return read_page(start=base64.b64encode(start).decode(), url=url, content_type=content_type)


def title_of(page: str | bytes, **given: Any) -> object:
    return read(page, **given)["title"]


def preview_of(page: str, **given: Any) -> object:
    return next(iter(read(page, **given)["preview_urls"]), None)


def test_a_whole_page() -> None:
    page = """<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8">
            <title>Bread &amp; butter</title>
            <meta property="og:title" content="Something else">
            <meta property="og:image" content="https://images.example/bread.jpg">
            <link rel="icon" href="/favicon.ico">
          </head>
          <body><h1>Bread</h1><img src="/other.jpg"></body>
        </html>"""
    assert read(page) == {
        "title": "Bread & butter",
        "preview_urls": ["https://images.example/bread.jpg", "https://site.example/favicon.ico"],
    }


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>Bread</title>", "Bread"),
        ("<TITLE>Bread</TITLE>", "Bread"),
        ("<title>\n  Bread\t and\u00a0\u2003butter \r\n</title>", "Bread and butter"),
        ("<title>a\x00b\x07c\x85d</title>", "a\ufffdb c d"),
        ("<title>Bread", "Bread"),
        ("<title>Bread <b>and</b> butter</title>", "Bread <b>and</b> butter"),
        ("<title>&lt;script&gt; &#8364; &euro; &#xD800; &unknown;</title>", "<script> € € \ufffd &unknown;"),
        ("<title>first</title><title>second</title>", "first"),
        ("<title></title><title>second</title>", None),
        ("<title> </title><meta property='og:title' content=' Open  graph '>", "Open graph"),
        ("<meta property='og:title' content='Open graph'><title>Bread</title>", "Bread"),
        ("<meta name='OG:Title' content='Open graph'>", "Open graph"),
        ("<meta property='og:title' content=''><meta property='og:title' content='second'>", "second"),
        ("<meta property='og:title'>", None),
        ("<svg><title>A drawing</title></svg>", None),
        ("<svg><title>A drawing</title></svg><title>Bread</title>", "Bread"),
        ("<!-- <title>no</title> --><title>Bread</title>", "Bread"),
        ("<script>'<title>no</title>'</script><title>Bread</title>", "Bread"),
        ("<textarea><title>no</title></textarea><title>Bread</title>", "Bread"),
        ("<h1>No title</h1>", None),
        ("", None),
        ("just text", None),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", None),
        (
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title>Bread</title></head></html>",
            "Bread",
        ),
        ("<title>" + "Bread " * 100 + "</title>", ("Bread " * 100)[:200].strip()),
        ("<title>" + "ü" * 300 + "</title>", "ü" * 200),
        ("<title>" + "🍞" * 300 + "</title>", "🍞" * 200),
        ("<div>" * 500 + "<title>Bread</title>", "Bread"),
        ("<div>" * 50_000 + "<title>Bread</title>", None),
        ("<title>Bread</title>" + "<div>" * 50_000, "Bread"),
    ],
)
def test_titles(page: str | bytes, title: str | None) -> None:
    assert title_of(page) == title


@pytest.mark.parametrize(
    ("head", "preview"),
    [
        ('<meta property="og:image" content="https://images.example/a.jpg">', "https://images.example/a.jpg"),
        ('<meta name="og:image" content="http://images.example/a.jpg">', "http://images.example/a.jpg"),
        ('<META PROPERTY=" OG:Image " CONTENT=" /a.jpg ">', "https://site.example/a.jpg"),
        ('<meta property="og:image" content="a.jpg">', "https://site.example/news/a.jpg"),
        ('<meta property="og:image" content="//images.example/a.jpg">', "https://images.example/a.jpg"),
        ('<meta property="og:image" content="?a=b&amp;c=d">', "https://site.example/news/today.html?a=b&c=d"),
        ('<meta property="og:image" content="/my picture.jpg">', "https://site.example/my%20picture.jpg"),
        ('<meta property="og:image:secure_url" content="/a.jpg">', "https://site.example/a.jpg"),
        ('<meta name="twitter:image" content="/a.jpg">', "https://site.example/a.jpg"),
        ('<meta name="twitter:image:src" content="/a.jpg">', "https://site.example/a.jpg"),
        ('<link rel="icon" href="/a.ico">', "https://site.example/a.ico"),
        ('<link rel="shortcut icon" href="/a.ico">', "https://site.example/a.ico"),
        ('<link rel="ICON" href="/a.ico">', "https://site.example/a.ico"),
        ('<link rel="apple-touch-icon" sizes="180x180" href="/a.png">', "https://site.example/a.png"),
        ('<link rel="icon" href="/a.ico"><link rel="apple-touch-icon" href="/b.png">', "https://site.example/b.png"),
        ('<link rel="icon" href="/a"><meta name="twitter:image" content="/b">', "https://site.example/b"),
        (
            '<meta name="twitter:image" content="/a"><meta property="og:image" content="/b">',
            "https://site.example/b",
        ),
        (
            '<meta property="og:image" content="/a"><meta property="og:image" content="/b">',
            "https://site.example/a",
        ),
        (
            '<meta property="og:image" content="data:image/png;base64,x"><meta property="og:image" content="/b">',
            "https://site.example/b",
        ),
        ('<base href="https://elsewhere.example/x/"><link rel=icon href=a.ico>', "https://elsewhere.example/x/a.ico"),
        ('<link rel=icon href=a.ico><base href="/x/">', "https://site.example/x/a.ico"),
        (
            '<base target=_top><base href="/x/"><base href="/y/"><link rel=icon href=a.ico>',
            "https://site.example/x/a.ico",
        ),
        ('<base href="javascript:x"><link rel=icon href=a.ico>', "https://site.example/news/a.ico"),
        ('<base href="http://["><link rel=icon href=a.ico>', "https://site.example/news/a.ico"),
        ('<meta property="og:image" content="javascript:alert(1)">', None),
        ('<meta property="og:image" content="file:///etc/passwd">', None),
        ('<meta property="og:image" content="ftp://images.example/a.jpg">', None),
        ('<meta property="og:image" content="http://user:password@images.example/">', None),
        ('<meta property="og:image" content="http://[half/">', None),
        ('<meta property="og:image" content="http:///a">', None),
        ('<meta property="og:image" content="/a&#1;b">', None),
        ('<meta property="og:image" content="/a&#x202e;b">', None),
        (f'<meta property="og:image" content="/{"a" * 3000}">', None),
        ('<meta property="og:image">', None),
        ('<link rel="stylesheet" href="/a.css"><link href="/b"><link rel="icon">', None),
        ('<meta name="description" content="/a.jpg"><img src="/b.jpg">', None),
    ],
)
def test_previews(head: str, preview: str | None) -> None:
    assert preview_of(f"<head>{head}</head>") == preview


@pytest.mark.parametrize(
    ("declared", "charset"),
    [
        ("utf-8", "utf-8"),
        ("UTF8", "utf-8"),
        ("windows-1251", "cp1251"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("iso-8859-2", "iso8859-2"),
        ("koi8-r", "koi8-r"),
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("big5", "big5hkscs"),
        ("Shift_JIS", "cp932"),
        ("euc-jp", "euc_jp"),
        ("iso-2022-jp", "iso2022_jp"),
        ("euc-kr", "cp949"),
    ],
)
def test_charsets_are_taken_from_the_header_and_from_the_page(declared: str, charset: str) -> None:
    samples = ["Grüße — „€“", "Привет", "Zażółć", "新闻", "新聞", "日本語①", "뉴스"]
    word = next(sample for sample in samples if sample.encode(charset, errors="ignore").decode(charset) == sample)
    page = f"<title>{word}</title>"
    assert title_of(page.encode(charset), content_type=f"text/html; charset={declared}") == word
    assert title_of(page.encode(charset), content_type=f'text/html;CHARSET = "{declared}"; x=y') == word
    for declaration in (
        f"<meta charset={declared}>",
        f'<html><head><META  http-equiv="Content-Type" content="text/html; charset={declared}" />',
    ):
        assert title_of((declaration + page).encode(charset), content_type="text/html") == word
    prologue = f'<?xml version="1.0" encoding="{declared}"?>'
    assert title_of((prologue + page).encode(charset), content_type=None) == word


def test_a_byte_order_mark_counts_more_than_what_is_claimed() -> None:
    for charset in ("utf-8-sig", "utf-16"):
        page = "<meta charset=koi8-r><title>Привет</title>".encode(charset)
        assert title_of(page, content_type="text/html; charset=windows-1251") == "Привет"
    page = "\ufeff<title>Привет</title>".encode("utf-16-be")
    assert title_of(page, content_type=None) == "Привет"


def test_the_header_counts_more_than_the_page() -> None:
    page = "<meta charset=koi8-r><title>Привет</title>".encode("cp1251")
    assert title_of(page, content_type="text/html; charset=windows-1251") == "Привет"


def test_without_a_word_it_is_utf_8_or_what_was_before() -> None:
    assert title_of("<title>Grüße</title>".encode(), content_type=None) == "Grüße"
    assert title_of("<title>Grüße</title>".encode("cp1252"), content_type=None) == "Grüße"
    assert title_of("<title>Grüße</title><p>ü".encode()[:-1], content_type=None) == "Grüße"


@pytest.mark.parametrize(
    "charset", ["utf-7", "unicode_escape", "rot13", "zlib", "base64", "idna", "undefined", "no-such", "../../x"]
)
def test_what_is_no_charset_of_the_web_is_not_decoded(charset: str) -> None:
    page = f"<meta charset={charset}>+ADw-title+AD4-no+ADw-/title+AD4-\\x3c<title>Brot für alle</title>"
    assert title_of(page, content_type=f"text/html; charset={charset}") == "Brot für alle"


def test_a_page_that_claims_utf_16_in_ascii_is_not() -> None:
    assert title_of("<meta charset=utf-16><title>Grüße</title>".encode(), content_type=None) == "Grüße"


def test_a_page_is_read_though_it_is_cut_anywhere() -> None:
    page = "<title>Grüße</title><meta property='og:image' content='/a.jpg'><p>Grüße &amp; mehr".encode()
    complete = page.index(b"<p>")
    for end in range(len(page)):
        told = read(page[:end])
        assert (end < complete) or told == {"title": "Grüße", "preview_urls": ["https://site.example/a.jpg"]}


PARTS = [
    *(b"<title>", b"</title>", b"<svg>", b"</svg>", b"<meta ", b"property=", b"og:image", b"content=", b"'", b'"'),
    *(b">", b"<base href=", b"<link rel=icon href=", b"//x", b"http:", b"&#0;", b"&#xD800;", b"<!--", b"\x00", b"\xff"),
]


@given(lists(sampled_from(PARTS) | binary(max_size=4), max_size=30).map(b"".join))
def test_whatever_comes_the_answer_has_its_shape(page: bytes) -> None:
    for content_type in (None, "text/html; charset=utf-16", "text/html; charset=iso-2022-jp"):
        told = read(page, content_type=content_type)
        title, previews = told["title"], told["preview_urls"]
        assert title is None or 0 < len(title.encode().decode()) <= 200
        assert len(previews) <= 3
        assert all(preview.startswith(("http://", "https://")) for preview in previews)
