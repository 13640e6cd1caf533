"""Whose object it is, is said by the look of its key; whoever else keeps objects adds a row of their own."""

import pytest

from application.storage.notification import ObjectChange, StorageNotification
from application.storage.route_notification import RouteNotification, StorageRoute, TakeNotification
from domain.errors import Unavailable
from tests.application.batches.told import created, removed


class Desk:
    """Remembers what came to it, and says so."""

    def __init__(self, name: str, said: list[str], *, news: bool = True) -> None:
        self._name, self._said, self._news = name, said, news

    async def __call__(self, notification: StorageNotification) -> bool:
        self._said.append(f"{self._name}: {notification.key}")
        return self._news


def routes(said: list[str], take: TakeNotification | None = None) -> RouteNotification:
    return RouteNotification(
        bucket="vitrine",
        routes=[
            StorageRoute(
                change=ObjectChange.CREATED,
                owns=lambda key: key.startswith("a/"),
                take=take or Desk("arrivals", said),
            ),
            StorageRoute(
                change=ObjectChange.REMOVED,
                owns=lambda key: key.startswith("a/"),
                take=Desk("removals", said, news=False),
            ),
            StorageRoute(
                change=ObjectChange.CREATED, owns=lambda key: key.startswith("b/"), take=Desk("library", said)
            ),
        ],
    )


async def test_each_goes_where_its_key_and_its_change_belong() -> None:
    said: list[str] = []
    route = routes(said)

    news = [await route(told) for told in (created("a/1"), removed("a/2"), created("b/3"))]

    assert news == [True, False, True]
    assert said == ["arrivals: a/1", "removals: a/2", "library: b/3"]


async def test_what_nobody_owns_and_what_lies_in_other_buckets_is_nobodys_news() -> None:
    said: list[str] = []
    route = routes(said)

    strange = (created("c/1"), removed("b/1"), created("", bucket="vitrine"), created("a/1", bucket="other"))

    assert [await route(told) for told in strange] == [False] * 4
    assert said == []


async def test_what_the_use_case_raises_is_raised() -> None:
    async def fail(_: StorageNotification) -> bool:
        raise Unavailable("the store does not answer")

    with pytest.raises(Unavailable):
        await routes([], fail)(created("a/1"))
