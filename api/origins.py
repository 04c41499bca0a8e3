"""By what and from where somebody signs in, as far as a request tells: families, no more."""

import ipaddress
from typing import Final

from fastapi import Request

from data.accounts import Origin

# The first that is named in the header; most name others beside themselves.
_BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Lark", "Feishu"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("QQBrowser", "QQ Browser"),
    ("UCBrowser", "UC Browser"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
    ("QGIS", "QGIS"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def address_of(request: Request) -> str:
    """Where a request comes from, for counting wrong passwords."""
    return request.client.host if request.client is not None else "unknown"


def origin_of(request: Request, way: str) -> Origin:
    """What is kept of where a session was begun.

    Parameters
    ----------
    way
        By what one came in: `password`, `card`, …
    """
    agent = request.headers.get("user-agent", "")
    return Origin(
        way=way,
        browser=_named(agent, _BROWSERS),
        system=_named(agent, _SYSTEMS),
        address=network_of(address_of(request)),
    )


def network_of(address: str) -> str | None:
    """The network that an address lies in: /24 of IPv4 and /48 of IPv6; None when it is none."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return None
    bits = 24 if known.version == 4 else 48
    return str(ipaddress.ip_network((known, bits), strict=False))


def _named(agent: str, families: tuple[tuple[str, str], ...]) -> str | None:
    return next((family for sign, family in families if sign in agent), None)
