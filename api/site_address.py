"""Where this server is found: plain on its own machine, over HTTPS for everybody else."""

from collections.abc import Sequence

from api.settings import Settings
from data.certificates import certificate_in_use

HTTPS_PORT = 443


def local_address(settings: Settings) -> str:
    """The plain address on this machine."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    return f"http://{_in_url(host)}:{settings.port}"


def secure_address(settings: Settings, names: Sequence[str], asked: str | None = None) -> str:
    """The address over HTTPS.

    Parameters
    ----------
    names
        For which the certificate is good.
    asked
        The host that was asked for: used where the certificate is good for it.
    """
    if settings.origin is not None and settings.origin.startswith("https://"):
        return settings.origin.rstrip("/")
    host = asked if asked in names else next(iter(names), settings.host)
    port = "" if settings.https_port == HTTPS_PORT else f":{settings.https_port}"
    return f"https://{_in_url(host or settings.host)}{port}"


def site_address(settings: Settings) -> str:
    """The address to open in a browser: over HTTPS where there is a certificate.

    Raises
    ------
    data.certificates.CertificateError
        If the file of the certificate is none.
    """
    standing = certificate_in_use(settings.home)
    return local_address(settings) if standing is None else secure_address(settings, standing.names)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
