"""Everything that must agree, compared in both directions while the system runs."""

from collections.abc import AsyncIterator

from application.audit.audit_bytes import AuditBytes
from application.audit.audit_counts import AuditCounts
from application.audit.audit_uses import AuditUses
from application.audit.finding import Finding


class AuditMedia:
    """Changes nothing unless told to `repair`; then usages come first, since the counts follow from them."""

    def __init__(self, *, uses: AuditUses, counts: AuditCounts, stored: AuditBytes) -> None:
        self._uses = uses
        self._counts = counts
        self._stored = stored

    async def __call__(self, *, repair: bool = False) -> AsyncIterator[Finding]:
        for part in (self._uses, self._counts, self._stored):
            async for finding in part(repair=repair):
                yield finding
