"""The certificate that the web server speaks HTTPS with: of an authority of its own, or given.

Browsers of telephones give a page the camera, the place and a store that lasts over HTTPS only. An
intranet has names that no public authority signs; there the server is its own. Its authority can
sign for private addresses and for the names it was made for, and for nothing else: whoever comes by
its key cannot speak for other sites to those who trust it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from data.certificate_names import (
    AnyName,
    CertificateError,
    covers,
    named,
    names_of,
    permitted,
    require_permitted,
    spoken,
)

FOLDER: Final = "tls"
RENEWED_BEFORE: Final = timedelta(days=30)
AUTHORITY_DAYS: Final = 3650
# Browsers of Apple take none that is good for more than 398 days.
SERVER_DAYS: Final = 397
# Clocks of telephones lag behind.
_BEFOREHAND: Final = timedelta(days=1)


@dataclass(frozen=True)
class Standing:
    """A certificate in use.

    Parameters
    ----------
    names
        Host names and addresses for which it is good.
    since, until
        In UTC.
    fingerprint
        SHA-256 of the authority to be trusted, as telephones show it; None: a given certificate.
    authority_until
        Of one's own authority.
    """

    names: tuple[str, ...]
    since: datetime
    until: datetime
    fingerprint: str | None = None
    authority_until: datetime | None = None

    @property
    def own(self) -> bool:
        """Whether our own authority signed it."""
        return self.fingerprint is not None


def server_file(home: Path) -> Path:
    """Where the certificate, those between and its key lie, in one file: exchanged at once."""
    return home / FOLDER / "server.pem"


def authority_file(home: Path) -> Path:
    """Where the certificate of one's own authority lies."""
    return home / FOLDER / "authority.crt"


def certificate_in_use(home: Path) -> Standing | None:
    """What the web server speaks HTTPS with; None: it speaks plain HTTP.

    Raises
    ------
    CertificateError
        If the file is no certificate.
    """
    return _standing(home) if server_file(home).is_file() else None


def _standing(home: Path) -> Standing:
    leaf = _certificates(server_file(home))[0]
    authority = _own_authority(home, leaf)
    return Standing(
        names=tuple(spoken(name) for name in names_of(leaf)),
        since=leaf.not_valid_before_utc,
        until=leaf.not_valid_after_utc,
        fingerprint=None if authority is None else _fingerprint(authority),
        authority_until=None if authority is None else authority.not_valid_after_utc,
    )


def make_own(
    home: Path, names: Sequence[str], at: datetime, *, new_authority: bool = False
) -> Standing:
    """Sign a certificate for some names by one's own authority, which is made where there is none.

    Raises
    ------
    CertificateError
        `no-names`, `bad-name`; `beyond-authority` when the authority was made for other names.
    """
    wanted = [named(name) for name in dict.fromkeys(names)]
    if not wanted:
        raise CertificateError("no-names")
    if new_authority or not authority_file(home).is_file():
        _make_authority(home, wanted, at)
    authority = _certificates(authority_file(home))[0]
    require_permitted(authority, wanted)
    _sign(home, authority, wanted, at)
    return _standing(home)


def take_given(
    home: Path, certificate: Path, key: Path, names: Sequence[str], at: datetime
) -> Standing:
    """Take a certificate that somebody else signed, with those between, and its key.

    Raises
    ------
    CertificateError
        `unreadable`, `key-locked`, `key-differs`, `expired`, `not-yet`, `weak`; `names-differ`
        when it is not good for one of `names`.
    """
    chain = _certificates(certificate)
    private = _private_key(key)
    leaf = chain[0]
    if _public_bytes(private.public_key()) != _public_bytes(leaf.public_key()):
        raise CertificateError("key-differs", str(key))
    if leaf.not_valid_after_utc <= at:
        raise CertificateError("expired", f"{leaf.not_valid_after_utc:%Y-%m-%d}")
    if leaf.not_valid_before_utc > at:
        raise CertificateError("not-yet", f"{leaf.not_valid_before_utc:%Y-%m-%d}")
    if getattr(private, "key_size", 4096) < (256 if _is_curve(private) else 2048):
        raise CertificateError("weak", str(key))
    for name in names:
        if not any(covers(good, name) for good in names_of(leaf)):
            raise CertificateError("names-differ", name)
    _write(server_file(home), _pem(private, *chain))
    return _standing(home)


def renew_own(home: Path, at: datetime) -> bool:
    """Sign one's own certificate anew when it runs out within 30 days; whether that was done."""
    standing = certificate_in_use(home)
    if standing is None or not standing.own or at < standing.until - RENEWED_BEFORE:
        return False
    authority = _certificates(authority_file(home))[0]
    if authority.not_valid_after_utc - at < RENEWED_BEFORE:
        return False
    _sign(home, authority, [named(name) for name in standing.names], at)
    return True


def speak_plain_http(home: Path) -> bool:
    """Put the certificate away, keeping one's own authority; whether there was one."""
    there = server_file(home).is_file()
    server_file(home).unlink(missing_ok=True)
    return there


def authority_der(home: Path) -> bytes:
    """One's own authority as telephones take it in."""
    return _certificates(authority_file(home))[0].public_bytes(serialization.Encoding.DER)


def _make_authority(home: Path, names: Sequence[AnyName], at: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    title = f"Sanbai CA {spoken(names[0])} {at:%Y-%m-%d}"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title[:64])])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _BEFOREHAND)
        .not_valid_after(at + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(permitted(names), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    made = builder.sign(key, hashes.SHA256())
    _write(_authority_key_file(home), _pem(key))
    _write(authority_file(home), _pem(None, made), mode=0o644)


def _sign(home: Path, authority: x509.Certificate, names: Sequence[AnyName], at: datetime) -> None:
    signer = _private_key(_authority_key_file(home))
    key = ec.generate_private_key(ec.SECP256R1())
    until = min(at + timedelta(days=SERVER_DAYS), authority.not_valid_after_utc)
    common = x509.NameAttribute(NameOID.COMMON_NAME, spoken(names[0])[:64])
    issuer_key = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([common]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _BEFOREHAND)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key),
            critical=False,
        )
        .sign(signer, hashes.SHA256())
    )
    _write(server_file(home), _pem(key, made))


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _own_authority(home: Path, leaf: x509.Certificate) -> x509.Certificate | None:
    if not authority_file(home).is_file():
        return None
    authority = _certificates(authority_file(home))[0]
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return None
    return authority


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _authority_key_file(home: Path) -> Path:
    return home / FOLDER / "authority.key"


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError):
        raise CertificateError("unreadable", str(path)) from None


def _private_key(path: Path) -> Any:
    try:
        return serialization.load_pem_private_key(path.read_bytes(), None)
    except TypeError:
        raise CertificateError("key-locked", str(path)) from None
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise CertificateError("unreadable", str(path)) from None


def _is_curve(key: Any) -> bool:
    return isinstance(key, ec.EllipticCurvePrivateKey)


def _public_bytes(key: Any) -> bytes:
    told: bytes = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return told


def _pem(key: Any, *certificates: x509.Certificate) -> bytes:
    parts = [one.public_bytes(serialization.Encoding.PEM) for one in certificates]
    if key is not None:
        parts.append(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    return b"".join(parts)


def _write(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Put a file in the place of another at once; nobody else reads it meanwhile."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=mode)
    draft.write_bytes(content)
    draft.replace(path)
