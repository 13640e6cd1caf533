"""What people call things can be seen, wherever they are called something."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.consumers.shop import Shop
from tests.entrypoints.http.problems import violations

INVISIBLE = [" ", "\u202e\u200b", "\u3164", "\xa0\ufeff"]


def named(thing: str, text: str, media_id: str) -> Mapping[str, Any]:
    return {
        "products": {"title": text},
        "ads": {"title": "Sale", "creatives": [{"mediaId": media_id, "headline": text}]},
        "licenses": {"number": text, "mediaId": media_id},
        "parts": {"name": text},
        "kits": {"name": text},
    }[thing]


@pytest.mark.parametrize("text", INVISIBLE)
@pytest.mark.parametrize(
    ("thing", "wrong"),
    [
        ("products", ("/title", "FORMAT")),
        ("ads", ("/creatives/0/headline", "FORMAT")),
        ("licenses", ("/number", "FORMAT")),
        ("parts", ("/name", "LENGTH")),
        ("kits", ("/name", "LENGTH")),
    ],
)
async def test_invisible_ones_are_refused_in_words(
    memory_shop: Shop, thing: str, wrong: tuple[str, str], text: str
) -> None:
    media_id = await memory_shop.media()

    answer = await memory_shop.ask("POST", f"/{thing}", named(thing, text, media_id))

    assert violations(answer) == {wrong}
    assert "can be seen" in answer.json()["errors"][0]["detail"]


async def test_a_change_is_refused_in_the_same_words(shop: Shop) -> None:
    created = await shop.done("POST", "/products", {"title": "★"})
    path = f"/products/{created['productId']}"

    answer = await shop.ask("PATCH", path, {"title": "\u200b", "media": [{"mediaId": "?"}, {"usageType": "?"}]})

    assert violations(answer) == {
        ("/title", "FORMAT"),
        ("/media/0/mediaId", "FORMAT"),
        ("/media/1/mediaId", "MISSING_FIELD"),
        ("/media/1/usageType", "UNKNOWN_VALUE"),
    }
    assert (await shop.done("GET", path))["title"] == "★"
