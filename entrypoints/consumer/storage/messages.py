"""`vitrine.storage.v1`: what the object store tells of its objects, in the words of whichever store it is.

Nobody signs it: who may publish to the topic is the broker's to say (ACLs). It is a reason to look, never a proof.
"""

from application.ports.messaging import Delivery
from application.storage.route_notification import RouteNotification
from entrypoints.consumer.handling import Outcome
from entrypoints.consumer.storage.reading import read_notifications


class StorageMessages:
    """One after the other; each is noted by itself, so that a message that is tried again goes on where it stopped."""

    def __init__(self, *, route: RouteNotification) -> None:
        self._route = route

    async def __call__(self, delivery: Delivery) -> Outcome:
        news = [await self._route(notification) for notification in read_notifications(delivery)]
        return Outcome.APPLIED if any(news) else Outcome.IGNORED
