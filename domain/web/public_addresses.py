"""Which IP addresses belong to the public internet.

`ipaddress` follows IANA's registry of special addresses as it stood when that Python was released; what it leaves open,
or knew differently once, stands here.
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
"""The IPv4 address that is really reached is the last 32 bits."""
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_SPECIAL: tuple[Network, ...] = (
    IPv4Network("100.64.0.0/10"),  # shared by the customers of a provider; the metadata of one cloud
    IPv4Network("168.63.129.16"),  # public by its number, but the metadata of one cloud
    IPv4Network("192.0.0.0/24"),  # protocol assignments; the metadata of one cloud
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),  # documentation
)


def may_contact(address: Address, allowed: Collection[Network] = ()) -> bool:
    """True for public addresses, and for those of the networks that somebody has allowed."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    reached = mapped or address
    return any(reached in network for network in allowed) or is_public(reached)


def is_public(address: Address) -> bool:
    """False for whatever is private, local, reserved or for a special purpose, and for what wraps such an address.

    Of the ways to wrap an IPv4 address, mapped ones and NAT64 count as what they wrap. The others (compatible ones,
    6to4, Teredo) are of the past, and never public.
    """
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(address.packed[-4:]))
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)
