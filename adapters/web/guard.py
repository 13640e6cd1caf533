"""Stands between a name, or a literal address, and the connection to it."""

import socket
from collections.abc import Collection, Sequence
from ipaddress import ip_address

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult

from domain.assets.failure import FailureCode, MediaRejected
from domain.web.public_addresses import Network, may_contact
from domain.web.web_address import is_port_allowed


class ConnectionGuard:
    """Opens sockets to addresses that may be contacted, and to no others.

    It sees the very address that the socket is then connected to, so whatever was resolved, cached or changed before
    cannot get past it. `refusal` is what it has refused last: those who connect hide why they could not.
    """

    def __init__(self, allowed: Collection[Network] = ()) -> None:
        self._allowed = allowed
        self.refusal: MediaRejected | None = None

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """Raises OSError, for which alone the next address is tried."""
        family, kind, protocol, _, (host, port, *_) = info
        if not self.permits(str(host)) or not is_port_allowed(int(port)):
            self.refusal = MediaRejected(
                FailureCode.ADDRESS_FORBIDDEN, "the URL leads to an address or a port that is not contacted"
            )
            raise PermissionError(self.refusal.detail)
        return socket.socket(family, kind, protocol)

    def permits(self, host: str) -> bool:
        """False for what is no address either: it would be resolved once more."""
        try:
            return may_contact(ip_address(host), self._allowed)
        except ValueError:
            return False


class GuardedResolver(AbstractResolver):
    """Refuses a name as soon as one of its addresses may not be contacted: no honest name mixes them."""

    def __init__(self, names: AbstractResolver, guard: ConnectionGuard) -> None:
        self._names = names
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises MediaRejected (ADDRESS_FORBIDDEN), and OSError for a name that has no address."""
        answers: Sequence[ResolveResult] = await self._names.resolve(host, port, family)
        if not all(self._guard.permits(answer["host"]) for answer in answers):
            # Which address it is stays untold: it may be a secret of the network that we run in.
            raise MediaRejected(
                FailureCode.ADDRESS_FORBIDDEN, f"the name {host} leads to an address that is not public"
            )
        return list(answers)

    async def close(self) -> None:
        await self._names.close()
