"""Names for which a certificate is good, and those that an authority of one's own may sign."""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from cryptography import x509

_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7")

Fault = Literal[
    "no-names",
    "bad-name",
    "beyond-authority",
    "unreadable",
    "key-locked",
    "key-differs",
    "expired",
    "not-yet",
    "names-differ",
    "weak",
]
AnyName = x509.DNSName | x509.IPAddress


class CertificateError(Exception):
    """A certificate cannot be made or taken.

    Parameters
    ----------
    fault
        What is wrong.
    about
        The name or file that it is about.
    """

    def __init__(self, fault: Fault, about: str = "") -> None:
        super().__init__(f"{fault}: {about}")
        self.fault = fault
        self.about = about


def permitted(names: Sequence[AnyName]) -> list[x509.GeneralName]:
    """What an authority may sign for: private addresses, and the names it was made for."""
    hosts = {"localhost", *(str(name.value) for name in names if isinstance(name, x509.DNSName))}
    alone = [
        ipaddress.ip_network(str(name.value))
        for name in names
        if isinstance(name, x509.IPAddress) and not _is_private(name)
    ]
    nets = [*(ipaddress.ip_network(net) for net in _PRIVATE), *alone]
    return [*(x509.DNSName(host) for host in sorted(hosts)), *(x509.IPAddress(net) for net in nets)]


def _is_private(name: x509.IPAddress) -> bool:
    return _within(name.value, (ipaddress.ip_network(net) for net in _PRIVATE))


def _within(address: Any, nets: Iterable[Any]) -> bool:
    return any(net.version == address.version and address in net for net in nets)


def require_permitted(authority: x509.Certificate, names: Sequence[AnyName]) -> None:
    """Raise `CertificateError` where an authority may not sign for a name."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    permitted = limits.permitted_subtrees or []
    hosts = [str(one.value) for one in permitted if isinstance(one, x509.DNSName)]
    nets = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
    for name in names:
        if isinstance(name, x509.DNSName):
            good = any(name.value == host or name.value.endswith(f".{host}") for host in hosts)
        else:
            good = _within(name.value, nets)
        if not good:
            raise CertificateError("beyond-authority", spoken(name))


def named(said: str) -> AnyName:
    """A host name or address as somebody types it.

    Raises
    ------
    CertificateError
    """
    try:
        return x509.IPAddress(ipaddress.ip_address(said.strip("[]")))
    except ValueError:
        pass
    try:
        host = said.strip().lower().encode("idna").decode()
    except UnicodeError:
        raise CertificateError("bad-name", said) from None
    labels = host.split(".")
    fine = all(label and label.strip("-") == label for label in labels)
    if not fine or not host.replace("-", "").replace(".", "").isalnum():
        raise CertificateError("bad-name", said)
    return x509.DNSName(host)


def covers(good: AnyName, name: str) -> bool:
    """Whether a name of a certificate, which may begin with `*.`, is good for another."""
    asked = named(name)
    if isinstance(good, x509.IPAddress) or isinstance(asked, x509.IPAddress):
        return good == asked
    first, _, rest = asked.value.partition(".")
    return good.value.lower() in {asked.value, f"*.{rest}" if first and rest else asked.value}


def names_of(certificate: x509.Certificate) -> list[AnyName]:
    """Names and addresses for which a certificate is good."""
    try:
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [name for name in said if isinstance(name, AnyName)]


def spoken(name: AnyName) -> str:
    """A name as one reads it."""
    return str(name.value)
