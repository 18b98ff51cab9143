"""Where a request comes from, also behind proxies."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

_WITH_PORT = re.compile(r"(?:\[(?P<six>[^]]+)\]|(?P<four>\d+\.\d+\.\d+\.\d+))(?::\d+)?\Z")
# Whoever has one IPv6 address has all of its /64.
_OWN_IPV6_BITS = 64


def client_address(request: HttpRequest) -> str | None:
    """The address of the client; of an IPv6 one its network, as "2001:db8::". None: not known.

    With PROXIES_IN_FRONT = n it is the n-th entry from the end of X-Forwarded-For: each proxy
    adds whom it talked to, so what clients write there themselves stands further to the front.
    Where there are fewer entries the request came another way, and its own connection counts.
    """
    found = request.META.get("REMOTE_ADDR", "")
    proxies = settings.PROXIES_IN_FRONT
    if proxies:
        passed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(passed) >= proxies:
            found = passed[-proxies].strip() or found
    return _network(found)


def _network(text: str) -> str | None:
    match = _WITH_PORT.fullmatch(text.strip())
    if match:
        text = match["six"] or match["four"]
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        network = ipaddress.ip_network((address, _OWN_IPV6_BITS), strict=False)
        return str(network.network_address)
    return str(address)
