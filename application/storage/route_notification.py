"""Whose object is it? A small table says it by the look of the key."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from application.storage.notification import ObjectChange, StorageNotification

CONSUMER = "vitrine.storage"
TakeNotification: TypeAlias = Callable[[StorageNotification], Awaitable[bool]]
"""A use case; answers whether anything came of it. Idempotent by the notification's identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageRoute:
    """`owns` looks at the key and at nothing else; no key is owned by two."""

    change: ObjectChange
    owns: Callable[[str], bool]
    take: TakeNotification


class RouteNotification:
    """Answers whether anything came of it: not of another bucket's objects, nor of those that nobody owns.

    Raises what the use case raises.
    """

    def __init__(self, *, bucket: str, routes: Sequence[StorageRoute]) -> None:
        self._bucket = bucket
        self._routes = routes

    async def __call__(self, notification: StorageNotification) -> bool:
        if notification.bucket != self._bucket:
            return False
        for route in self._routes:
            if route.change is notification.change and route.owns(notification.key):
                return await route.take(notification)
        return False
