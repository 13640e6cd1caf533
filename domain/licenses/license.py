"""A licence of a store to sell what needs one, proved by a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.errors import Conflict, NotFound, NotPermitted
from domain.events import Aggregate
from domain.ids import LicenseId, MediaId, StoreId
from domain.media.kind import DOCUMENTS
from domain.media.suitability import NewUse
from domain.principal import Principal, Role
from domain.state_machine import StateMachine


class LicenseStatus(StrEnum):
    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


LICENSE_LIFECYCLE = StateMachine(
    "license",
    {
        LicenseStatus.PENDING: frozenset({LicenseStatus.APPROVED, LicenseStatus.REJECTED, LicenseStatus.EXPIRED}),
        LicenseStatus.APPROVED: frozenset({LicenseStatus.REJECTED, LicenseStatus.EXPIRED}),
        LicenseStatus.REJECTED: frozenset({LicenseStatus.PENDING}),
    },
)
_OVER = frozenset({LicenseStatus.REJECTED, LicenseStatus.EXPIRED})
_OPEN_TO_CHANGE = frozenset({LicenseStatus.PENDING, LicenseStatus.REJECTED})


class LicenseNotFound(NotFound):
    code = "LICENSE_NOT_FOUND"

    def __init__(self, license_id: LicenseId) -> None:
        super().__init__(f"there is no license {license_id} in your store")
        self.license_id = license_id


class LicenseInForce(Conflict):
    code = "LICENSE_IN_FORCE"

    def __init__(self, license_id: LicenseId, status: LicenseStatus) -> None:
        super().__init__(f"license {license_id} is {status}; it can be deleted once it is REJECTED or EXPIRED")
        self.license_id = license_id


class LicenseDecided(Conflict):
    code = "LICENSE_DECIDED"

    def __init__(self, license_id: LicenseId, status: LicenseStatus) -> None:
        super().__init__(f"license {license_id} is {status}; it can be changed while it is PENDING or REJECTED")
        self.license_id = license_id


@dataclass(slots=True, kw_only=True)
class License(Aggregate):
    """`media_id` is the document; None only where the document itself was lost, and taken away by an operator."""

    id: LicenseId
    store_id: StoreId
    number: str
    media_id: MediaId | None
    status: LicenseStatus = LicenseStatus.PENDING
    created_at: datetime
    updated_at: datetime

    @classmethod
    def submit(
        cls, *, license_id: LicenseId, store_id: StoreId, number: str, media_id: MediaId, now: datetime
    ) -> "License":
        return cls(id=license_id, store_id=store_id, number=number, media_id=media_id, created_at=now, updated_at=now)

    @property
    def media_ids(self) -> list[MediaId]:
        """What its one slot uses, as the ledger wants it."""
        return [self.media_id] if self.media_id else []

    def uses_beyond(self, media_ids: Sequence[MediaId]) -> list[NewUse]:
        """What its slot uses now, and did not when it used these. Nobody sees it but those who run the store."""
        return [
            NewUse("/mediaId", media_id, DOCUMENTS, shown=False)
            for media_id in self.media_ids
            if media_id not in media_ids
        ]

    def resubmit(self, *, number: str, media_id: MediaId | None, now: datetime) -> bool:
        """Another number or document, to be decided upon anew; False when it is neither. Raises LicenseDecided."""
        if self.status not in _OPEN_TO_CHANGE:
            raise LicenseDecided(self.id, self.status)
        if (self.number, self.media_id) == (number, media_id):
            return False
        self.decide(LicenseStatus.PENDING, now=now)
        self.number, self.media_id, self.updated_at = number, media_id, now
        return True

    def decide(self, status: LicenseStatus, *, now: datetime) -> bool:
        """False when that is decided already. Raises InvalidState."""
        if self.status is status:
            return False
        self.status = LICENSE_LIFECYCLE.move(self.status, status)
        self.updated_at = now
        return True

    def require_over(self) -> None:
        """Raises LicenseInForce unless it may be deleted."""
        if self.status not in _OVER:
            raise LicenseInForce(self.id, self.status)

    def detach(self, media_id: MediaId, *, now: datetime) -> bool:
        """Give up the document; False when it is not used, or not any more."""
        if self.media_id != media_id:
            return False
        self.media_id, self.updated_at = None, now
        return True


def visible_to(license_: License | None, license_id: LicenseId, principal: Principal) -> License:
    """Raises LicenseNotFound, also for another store's."""
    if license_ is None or license_.store_id != principal.store_id:
        raise LicenseNotFound(license_id)
    return license_


def require_manager(principal: Principal) -> None:
    """Raises NotPermitted."""
    if not principal.runs_the_store:
        raise NotPermitted("licenses are the business of those who run the store")


def require_judge(principal: Principal) -> None:
    """Raises NotPermitted."""
    if not principal.has(Role.ADMIN, Role.SERVICE):
        raise NotPermitted("licenses are decided upon by admins")
