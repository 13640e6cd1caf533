from abc import abstractmethod
from datetime import timedelta
from typing import Protocol


class Telemetry(Protocol):
    """Numbers about the pipeline. Recorded after the commit that makes them true."""

    @abstractmethod
    def batch_created(self, status: str) -> None: ...

    @abstractmethod
    def batch_failed(self, code: str) -> None: ...

    @abstractmethod
    def batch_ready(self, took: timedelta) -> None:
        """`took` runs from RECEIVED to READY."""

    @abstractmethod
    def reprocess_requested(self) -> None: ...

    @abstractmethod
    def callback_refused(self) -> None: ...

    @abstractmethod
    def dead_lettered(self, topic: str) -> None: ...

    @abstractmethod
    def published(self, topic: str, number: int) -> None: ...

    @abstractmethod
    def consumed(self, topic: str, outcome: str) -> None:
        """`outcome` is applied, ignored or dead_lettered."""

    @abstractmethod
    def object_lost(self, kind: str) -> None:
        """`kind` is original, rendition, archive or media."""

    @abstractmethod
    def deletion_ended(self, outcome: str) -> None:
        """`outcome` is deleted, or the code of the failure in lower case."""

    @abstractmethod
    def usage_detached(self, entity_type: str) -> None: ...

    @abstractmethod
    def blob_collected(self, size: int) -> None:
        """`size` in bytes."""

    @abstractmethod
    def attachment_created(self, type_: str) -> None:
        """`type_` is IMAGE, PDF or URL, here and below; what an address turns out to be later is not counted again."""

    @abstractmethod
    def attachment_deleted(self, type_: str, *, was_cover: bool) -> None:
        """By people, alone or with its owner; what goes with a deleted media is told by `usage_detached`."""

    @abstractmethod
    def attachment_uploaded(self, type_: str, took: timedelta) -> None:
        """`took` runs from the request to the attachment, the flow of the bytes included."""

    @abstractmethod
    def cover_changed(self, action: str) -> None:
        """`action` is automatic, reassigned, chosen or cleared."""

    @abstractmethod
    def step_took(self, step: str, took: timedelta) -> None: ...
