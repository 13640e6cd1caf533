"""Which IP addresses a stranger's URL may lead to."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis.strategies import ip_addresses

from domain.web.public_addresses import is_public, may_contact

SPECIAL = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "168.63.129.16/32",
    "::/128",
    "::1/128",
    "::/96",
    "::ffff:10.0.0.0/104",
    "64:ff9b::10.0.0.0/104",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]
METADATA = ["169.254.169.254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254"]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001:830::200e"]


@pytest.mark.parametrize("network", SPECIAL)
def test_networks_for_special_purposes_are_not_public_from_end_to_end(network: str) -> None:
    special = ip_network(network)
    assert not is_public(special[0])
    assert not is_public(special[special.num_addresses // 2])
    assert not is_public(special[-1])


@pytest.mark.parametrize("address", METADATA)
def test_no_cloud_tells_its_secrets(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_zones_are_local() -> None:
    assert not is_public(IPv6Address("2606:4700::1111%eth0"))


@given(ip_addresses(v=4))
def test_what_wraps_an_address_is_as_public_as_it_or_not_at_all(address: IPv4Address) -> None:
    number = int(address)
    assert is_public(IPv6Address(int(IPv6Address("::ffff:0:0")) + number)) == is_public(address)
    assert is_public(IPv6Address(int(IPv6Address("64:ff9b::")) + number)) == is_public(address)
    assert not is_public(IPv6Address(number))
    assert not is_public(IPv6Address(int(IPv6Address("2002::")) + (number << 80)))
    assert not is_public(IPv6Address(int(IPv6Address("2001::")) + (number << 64)))
    assert not is_public(IPv6Address(int(IPv6Address("2001::")) + (number ^ 0xFFFFFFFF)))


@given(ip_addresses(v=6))
def test_no_address_outside_of_global_unicast_is_public_unless_it_wraps_one_that_is(address: IPv6Address) -> None:
    wraps = address.ipv4_mapped is not None or address in ip_network("64:ff9b::/96")
    assert address in ip_network("2000::/3") or wraps or not is_public(address)


def test_what_is_allowed_may_be_contacted_and_nothing_beside_it() -> None:
    allowed = [ip_network("127.0.0.1/32"), ip_network("fd00::/8")]
    assert may_contact(ip_address("127.0.0.1"), allowed)
    assert may_contact(ip_address("::ffff:127.0.0.1"), allowed)
    assert may_contact(ip_address("fd12::1"), allowed)
    assert may_contact(ip_address("8.8.8.8"), allowed)
    assert not may_contact(ip_address("127.0.0.2"), allowed)
    assert not may_contact(ip_address("::1"), allowed)
    assert not may_contact(ip_address("64:ff9b::127.0.0.1"), allowed)
