"""What can go wrong, by category.

The category decides what a caller does about it: an HTTP client gets a status,
a worker retries or gives up. Concrete errors stand beside their aggregate and
carry their facts as typed fields. `code` is stable: clients match on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a request.

    `pointer` is a JSON pointer (RFC 6901) into the request, "" for the whole of it.
    """

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """Root of all errors that the domain raises on purpose."""

    code: ClassVar[str] = "DOMAIN_ERROR"

    def __init__(self, detail: str, violations: Sequence[Violation] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.violations = tuple(violations)


class NotFound(DomainError):
    """It does not exist, or not for this principal."""

    code = "NOT_FOUND"


class NotPermitted(DomainError):
    """It exists, and this principal may not do that to it."""

    code = "NOT_PERMITTED"


class Conflict(DomainError):
    """It cannot be done in the present state; the same request may succeed later or after a repair."""

    code = "CONFLICT"


class InvalidState(Conflict):
    """A transition that the state machine does not have."""

    code = "INVALID_STATE"


class Gone(DomainError):
    """The time for it is over; start again."""

    code = "GONE"


class Rejected(DomainError):
    """The request breaks a rule; the same request will never succeed. `violations` lists every one."""

    code = "VALIDATION_FAILED"


class TooLarge(DomainError):
    """It has more bytes than are taken."""

    code = "TOO_LARGE"


class UnsupportedType(DomainError):
    """Bytes of a type that is not taken."""

    code = "UNSUPPORTED_TYPE"


class PreconditionFailed(DomainError):
    """The caller has stated what it believes to be there, and it is not so."""

    code = "PRECONDITION_FAILED"


class Unauthenticated(DomainError):
    """Nobody vouches for the caller: no token, a bad one, or a bad signature."""

    code = "UNAUTHENTICATED"


class ConcurrentUpdate(Conflict):
    """Somebody else changed the aggregate between our read and our write. Read again and repeat."""

    code = "CONCURRENT_UPDATE"


class Unavailable(DomainError):
    """A service that we need does not answer. The same call may succeed later."""

    code = "UNAVAILABLE"


class Overloaded(Unavailable):
    """We have as much to do as we take on at once. The caller is told what of."""

    code = "OVERLOADED"
