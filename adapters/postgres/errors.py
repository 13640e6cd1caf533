"""What the database refuses, in the words of the domain."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import SQLAlchemyError

from domain.batches.errors import BatchNotFound, BatchReferenceTaken
from domain.errors import ConcurrentUpdate, DomainError, Unavailable
from domain.listings.errors import ListingNotFound
from domain.media.errors import MediaNotAttachable

STATEMENT_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What the driver raises; a TimeoutError is an OSError."""

LOST_TRACK = asyncpg.InternalClientError
"""The driver no longer knows what the connection is at, such as when the server went away in mid-answer."""
CONNECTION_ERRORS = (*STATEMENT_ERRORS, AsyncAdapt_asyncpg_dbapi.Error, SQLAlchemyError)
"""What the pool raises."""

_NO_ANSWER = (
    OSError,
    LOST_TRACK,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, starting up, or out of statement_timeout
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # a failover left us with a standby
)
_LOST_RACE = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


Refusals: TypeAlias = Mapping[str, Callable[[Any], DomainError]]
"""Constraints that a correct caller may run into, by name, with the error made from what was being written.

A constraint that nobody names guards against our own mistakes: its violation is raised as it is.
"""


def changed_meanwhile(_: Any) -> DomainError:
    return ConcurrentUpdate("somebody else stored it first; read again and repeat")


CONSTRAINTS: Refusals = {
    "uq_listing_media_batches_live_reference": lambda batch: BatchReferenceTaken(batch.reference),
    "uq_listing_media_jobs_batch_id_attempt": changed_meanwhile,
    "uq_media_attachments_entity_type_entity_id_media_id": changed_meanwhile,
    "fk_media_attachments_media_id": lambda added: MediaNotAttachable.unknown(
        *(attachment.media_id for attachment in added)
    ),
    "fk_listing_media_batches_listing_id": lambda batch: ListingNotFound(batch.listing_id),
    "fk_listing_media_assets_batch_id": lambda asset: BatchNotFound(asset.batch_id),
    "fk_listing_media_jobs_batch_id": lambda job: BatchNotFound(job.batch_id),
}
"""Those of the core, beside the primary keys of aggregates. Consumers of media name theirs where they write."""


def domain_error(
    error: Exception, subject: object, *, refusals: Refusals = CONSTRAINTS, connection_lost: bool
) -> DomainError | None:
    """What the driver's error means to a caller who was writing `subject`; None when it is our own mistake."""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        make = refusals.get(error.constraint_name or "")
        return make(subject) if make else None
    if isinstance(error, _LOST_RACE):
        return ConcurrentUpdate("the database broke a tie between two transactions; repeat this one")
    if connection_lost or isinstance(error, _NO_ANSWER):
        return Unavailable(f"the database does not answer: {error or type(error).__name__}")
    return None


def no_connection(error: Exception) -> Unavailable:
    cause = getattr(error, "orig", None) or error  # SQLAlchemy adds pages of advice to what the driver said
    return Unavailable(f"no connection to the database: {cause or type(cause).__name__}")
