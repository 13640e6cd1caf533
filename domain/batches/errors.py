from collections.abc import Sequence

from domain.errors import Conflict, Gone, NotFound, Violation
from domain.ids import BatchId


class BatchNotFound(NotFound):
    code = "BATCH_NOT_FOUND"

    def __init__(self, batch_id: BatchId | None) -> None:
        super().__init__(
            f"there is no batch {batch_id} of this listing" if batch_id else "this listing has no batch yet"
        )
        self.batch_id = batch_id


class BatchReferenceTaken(Conflict):
    code = "BATCH_REFERENCE_TAKEN"

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"another batch of this listing is called {reference!r}; choose another reference or delete that batch"
        )
        self.reference = reference


class BatchAlreadyReceived(Conflict):
    code = "BATCH_ALREADY_RECEIVED"

    def __init__(self, batch_id: BatchId) -> None:
        super().__init__(f"batch {batch_id} has been received; its files cannot be uploaded again")
        self.batch_id = batch_id


class UploadExpired(Gone):
    code = "UPLOAD_EXPIRED"

    def __init__(self, batch_id: BatchId) -> None:
        super().__init__(f"the time to upload batch {batch_id} is over; request a new one")
        self.batch_id = batch_id


class UploadsIncomplete(Conflict):
    code = "UPLOADS_INCOMPLETE"

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(
            "some files have not been uploaded; upload them, or leave them out with dropMissing", violations
        )


class UploadMismatch(Conflict):
    code = "UPLOAD_MISMATCH"

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("some uploads are not the files that were announced; upload those again", violations)


class BatchNotReady(Conflict):
    code = "BATCH_NOT_READY"

    def __init__(self, batch_id: BatchId, status: str) -> None:
        super().__init__(f"batch {batch_id} is {status}; downloads exist once processing has settled")
        self.batch_id = batch_id
        self.status = status


class BatchNotRetryable(Conflict):
    code = "BATCH_NOT_RETRYABLE"

    def __init__(self, batch_id: BatchId, status: str) -> None:
        super().__init__(f"batch {batch_id} is {status}; only READY and FAILED batches are processed again")
        self.batch_id = batch_id
        self.status = status


class BatchInFlight(Conflict):
    code = "BATCH_IN_FLIGHT"

    def __init__(self, batch_id: BatchId, status: str) -> None:
        super().__init__(f"batch {batch_id} is {status}; wait until it is READY or FAILED")
        self.batch_id = batch_id
        self.status = status
