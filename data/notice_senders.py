"""Sending a few lines to a chat robot, a mailbox or a gateway of one's own.

Robots of WeCom, DingTalk and Feishu answer 200 to a wrong key too, and say what is wrong in the
body: it is read here, for apprise, which sends mail and to gateways, takes 200 for done.
"""

import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx2

Via = Literal["wecom", "dingtalk", "feishu", "mail", "webhook"]
Security = Literal["ssl", "starttls", "none"]
TIMEOUT_S: Final = 10.0
# What the robots take at most is 2,048 bytes (WeCom); the others take more.
MOST_BYTES: Final = 1_900
_SENDERS: Final[Mapping[Via, tuple[str, str]]] = {
    "mail": ("apprise.plugins.email", "NotifyEmail"),
    "webhook": ("apprise.plugins.custom_json", "NotifyJSON"),
}
_MOST_SHOWN: Final = 60
_CODES: Final = ("errcode", "code", "StatusCode")
_STATUS: Final = re.compile(r"error=(\d{3})")


class SendError(Exception):
    """A message that did not go.

    Parameters
    ----------
    fault
        `unreachable`, `timeout`, `refused`, `unreadable`, `sealed`; after a colon a number that
        the other side gave, if any.
    """

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class AddressError(Exception):
    """An address that nothing can be sent to; `field` names what to mend."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name)
        self.field = field_name


@dataclass(frozen=True)
class Address:
    """Where messages go, secrets included.

    Parameters
    ----------
    url
        Of a robot or gateway, as the chat program gives it.
    secret
        Which a robot of DingTalk or Feishu is signed with; of mail, the password.
    host, port, security, user, sender, to
        Of mail.
    """

    via: Via
    url: str = ""
    secret: str = ""
    host: str = ""
    port: int = 465
    security: Security = "ssl"
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = field(default=())

    def as_text(self) -> str:
        """For sealing."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def of_text(told: str) -> "Address":
        """As it was before sealing."""
        values: dict[str, Any] = json.loads(told)
        return Address(**{**values, "to": tuple(values["to"])})

    @property
    def shown(self) -> str:
        """What may be seen of it: no key, no mailbox in full."""
        if self.via == "mail":
            names = ", ".join(f"{one[:2]}…@{one.rpartition('@')[2]}" for one in self.to)
            return names[:_MOST_SHOWN]
        return f"{urlsplit(self.url).hostname}…{self.url[-4:]}"[:_MOST_SHOWN]


def check_address(address: Address) -> None:
    """Refuse what nothing could be sent to.

    Raises
    ------
    AddressError
    """
    if address.via != "mail":
        parts = _split(address.url)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise AddressError("url")
        return
    if not re.fullmatch(r"[A-Za-z0-9.:-]+", address.host):
        raise AddressError("host")
    for name, mailboxes in (("sender", (address.sender,)), ("to", address.to)):
        if not mailboxes or any(not _is_mailbox(one) for one in mailboxes):
            raise AddressError(name)
    if _sender("mail", _mail_url(address)) is None:
        raise AddressError("host")


def _split(url: str) -> Any:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (reading it finds a port that is none)
    except ValueError:
        return None
    return parts


def _is_mailbox(words: str) -> bool:
    return re.fullmatch(r"[^@\s,<>;]+@[^@\s,<>;]+", words) is not None


def send(address: Address, title: str, body: str, at: datetime) -> None:
    """Send a message, once.

    Raises
    ------
    SendError
        It did not go, or nobody knows whether it did (`timeout`).
    """
    if address.via == "mail":
        _by_apprise("mail", _mail_url(address), title, body)
    elif address.via == "webhook":
        _by_apprise("webhook", _gateway_url(address.url), title, body)
    else:
        url, message = _robot(address, f"{title}\n{body}", at)
        _ask_robot(url, message)


def _robot(address: Address, words: str, at: datetime) -> tuple[str, dict[str, Any]]:
    """Where a robot is asked and what it is sent, signed where it has a secret."""
    if address.via == "feishu":
        message: dict[str, Any] = {"msg_type": "text", "content": {"text": words}}
        if address.secret:
            moment = str(int(at.timestamp()))
            sign = _sign(f"{moment}\n{address.secret}", "")
            message |= {"timestamp": moment, "sign": sign}
        return address.url, message
    message = {"msgtype": "text", "text": {"content": words}}
    if address.via == "wecom" or not address.secret:
        return address.url, message
    moment = str(int(at.timestamp() * 1000))
    sign = _sign(address.secret, f"{moment}\n{address.secret}")
    joined = "&" if "?" in address.url else "?"
    return f"{address.url}{joined}{urlencode({'timestamp': moment, 'sign': sign})}", message


def _sign(key: str, words: str) -> str:
    digest = hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _ask_robot(url: str, message: Mapping[str, Any]) -> None:
    try:
        with httpx2.Client(timeout=TIMEOUT_S, follow_redirects=False) as client:
            answer = client.post(url, json=message)
    except httpx2.TimeoutException:
        raise SendError("timeout") from None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise SendError("unreachable") from None
    if answer.status_code != 200:
        raise SendError(f"refused:{answer.status_code}")
    try:
        told = answer.json()
    except ValueError:
        raise SendError("unreadable") from None
    codes = [told.get(name) for name in _CODES] if isinstance(told, dict) else []
    said = next((code for code in codes if code is not None), None)
    if said != 0:
        raise SendError("unreadable" if said is None else f"refused:{said}")


def _mail_url(address: Address) -> str:
    scheme = "mailto" if address.security == "none" else "mailtos"
    asked = {
        "from": address.sender,
        "to": ",".join(address.to),
        "smtp": address.host,
        "format": "text",
        "cto": TIMEOUT_S,
        "rto": TIMEOUT_S,
    }
    if address.security != "none":
        asked["mode"] = address.security
    if address.user:
        asked |= {"user": address.user, "pass": address.secret}
    host = quote(address.host, safe="")
    return f"{scheme}://{host}:{address.port}/?{urlencode(asked)}"


def _gateway_url(url: str) -> str:
    """Of a gateway, as apprise takes it: its own parameters are kept apart from apprise's."""
    parts = urlsplit(url)
    scheme = "jsons" if parts.scheme == "https" else "json"
    own = {f"-{name}": value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    limits = {"cto": TIMEOUT_S, "rto": TIMEOUT_S, "format": "text"}
    return f"{scheme}://{parts.netloc}{parts.path}?{urlencode(own | limits)}"


def _sender(via: Via, url: str) -> Any:
    """One of apprise's senders, or None where it cannot read the address.

    Only these two are loaded, and not before somebody sends: to ask apprise which of its hundred
    and thirty an address is for loads them all.
    """
    module, name = _SENDERS[via]
    kind = getattr(import_module(module), name)
    told = kind.parse_url(url)
    try:
        return None if told is None else kind(**told)
    except TypeError:
        # What apprise raises for an address that lacks something.
        return None


def _by_apprise(via: Via, url: str, title: str, body: str) -> None:
    sender = _sender(via, url)
    if sender is None:
        raise SendError("unreadable")
    with import_module("apprise").LogCapture(level=logging.WARNING) as told:
        done = sender.notify(title=title, body=body)
        said = told.getvalue()
    if done:
        return
    status = _STATUS.search(said)
    if status is not None:
        raise SendError(f"refused:{status[1]}")
    raise SendError("unreachable")
