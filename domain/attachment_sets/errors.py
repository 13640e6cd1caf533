from domain.errors import Conflict, NotFound, NotPermitted
from domain.ids import AttachmentSetId, SetAttachmentId
from domain.principal import Principal


class AttachmentSetNotFound(NotFound):
    """Unknown, or of another store: nobody can tell which."""

    code = "ATTACHMENT_SET_NOT_FOUND"

    def __init__(self, set_id: AttachmentSetId) -> None:
        super().__init__(f"there is no attachment set {set_id} in your store")
        self.set_id = set_id


class AttachmentNotFound(NotFound):
    code = "ATTACHMENT_NOT_FOUND"

    def __init__(self, attachment_id: SetAttachmentId) -> None:
        super().__init__(f"there is no attachment {attachment_id} in your store")
        self.attachment_id = attachment_id


class AttachmentNotInSet(Conflict):
    code = "ATTACHMENT_NOT_IN_SET"

    def __init__(self, attachment_id: SetAttachmentId, set_id: AttachmentSetId) -> None:
        super().__init__(f"attachment {attachment_id} is in another set of your store, not in {set_id}")
        self.attachment_id = attachment_id


class AttachmentSetFull(Conflict):
    code = "ATTACHMENT_SET_FULL"

    def __init__(self, set_id: AttachmentSetId, most: int) -> None:
        super().__init__(f"attachment set {set_id} has {most} attachments, which is all that it can have")
        self.set_id = set_id


class AttachmentBeingFetched(Conflict):
    """It passes when the worker has been there."""

    code = "ATTACHMENT_BEING_FETCHED"

    def __init__(self, attachment_id: SetAttachmentId) -> None:
        super().__init__(f"attachment {attachment_id} is still being fetched; repeat it when its fetch has ended")
        self.attachment_id = attachment_id


class NotAnAddress(Conflict):
    code = "NOT_AN_ADDRESS"

    def __init__(self, attachment_id: SetAttachmentId) -> None:
        super().__init__(f"attachment {attachment_id} is a file, and cannot get another address: attach that instead")
        self.attachment_id = attachment_id


def require_manager(principal: Principal) -> None:
    """Raises NotPermitted."""
    if not principal.runs_the_store:
        raise NotPermitted("parts, kits and their attachments are made by those who run the store")
