"""What an object store tells of an object."""

from typing import Any

from application.storage.notification import ObjectChange, StorageNotification
from tests.builders import IDS, NOW


def created(key: str, **changes: Any) -> StorageNotification:
    return _told(ObjectChange.CREATED, key, changes)


def removed(key: str, **changes: Any) -> StorageNotification:
    return _told(ObjectChange.REMOVED, key, changes)


def _told(change: ObjectChange, key: str, changes: dict[str, Any]) -> StorageNotification:
    usual = {"bucket": "vitrine", "size": None, "etag": None, "at": NOW, "identity": str(IDS.new())}
    return StorageNotification(change=change, key=key, **(usual | changes))
