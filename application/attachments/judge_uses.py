from collections.abc import Sequence

from application.unit_of_work import UnitOfWork
from domain.media.suitability import NewUse, require_suitable


async def judge_uses(tx: UnitOfWork, uses: Sequence[NewUse]) -> None:
    """In one round trip, after the ledger has refused what cannot be used at all. Raises Rejected."""
    if uses:
        require_suitable(uses, await tx.media.find_all({use.media_id for use in uses}))
