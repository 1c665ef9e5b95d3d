"""Where the name of a server leads: to the world, or into a private network."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from erp_import_plugin.connector_api import AdminCanFix, TryLater

_HOLD_ANOTHER = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
"""What is translated to the IPv4 address in its last 32 bits (RFC 6052, RFC 4291)."""
_LOCAL_TRANSLATION = IPv6Network("64:ff9b:1::/48")  # RFC 8215; not every Python counts it as private


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses a name stands for now, the best one first.

    Raises:
        TryLater: it stands for none.
        AdminCanFix: one of them is in a private network or on this machine, in whatever way it is written.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryLater(f"{host} cannot be found: {error}.") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not all(is_public(ip_address(one.partition("%")[0])) for one in addresses):
        raise AdminCanFix(
            f"{host} is in a private network. Ask whoever runs the CRM to allow private addresses for ERPs."
        )
    return addresses


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is of the world; an address within an address counts as the one that packets go to."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if inner := _inside(address):
        return is_public(inner)
    local = address.is_multicast or address.is_site_local or address in _LOCAL_TRANSLATION
    return address.is_global and not local


def _inside(address: IPv6Address) -> IPv4Address | None:
    if any(address in network for network in _HOLD_ANOTHER):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
