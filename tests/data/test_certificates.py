"""Certificates for HTTPS: an authority of one's own that signs little, and given ones."""

import ssl
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import small_town
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from data.certificate_names import CertificateError
from data.certificates import (
    authority_der,
    authority_file,
    certificate_in_use,
    make_own,
    renew_own,
    server_file,
    speak_plain_http,
    take_given,
)

NOW = small_town.AT
NAMES = ("10.1.2.3", "sanbai.lan")


def fault(error: pytest.ExceptionInfo[CertificateError]) -> tuple[str, str]:
    return error.value.fault, error.value.about


def shakes_hands(server: Path, authority: Path, name: str) -> bool:
    """Whether who trusts the authority speaks with the server by this name."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(server)
    theirs = ssl.create_default_context(cafile=authority)
    to_us, to_them = ssl.MemoryBIO(), ssl.MemoryBIO()
    one = theirs.wrap_bio(to_them, to_us, server_hostname=name)
    other = ours.wrap_bio(to_us, to_them, server_side=True)
    for _ in range(10):
        done = 0
        for side in (one, other):
            try:
                side.do_handshake()
                done += 1
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
        if done == 2:
            return True
    raise AssertionError("the hand-shake does not end")


def test_an_own_authority_signs_for_its_names(tmp_path: Path) -> None:
    # OpenSSL asks the machine's clock, not the town's.
    told = make_own(tmp_path, NAMES, datetime.now(tz=NOW.tzinfo))
    assert told.names == NAMES
    assert told.own
    assert certificate_in_use(tmp_path) == told
    for name in NAMES:
        assert shakes_hands(server_file(tmp_path), authority_file(tmp_path), name)
    assert not shakes_hands(server_file(tmp_path), authority_file(tmp_path), "10.1.2.4")
    assert x509.load_der_x509_certificate(authority_der(tmp_path)).subject.rfc4514_string()


def test_keys_are_read_by_their_owner_only(tmp_path: Path) -> None:
    make_own(tmp_path, NAMES, NOW)
    assert (tmp_path / "tls").stat().st_mode & 0o077 == 0
    for name in ("server.pem", "authority.key"):
        assert (tmp_path / "tls" / name).stat().st_mode & 0o077 == 0


def test_it_signs_for_nothing_else(tmp_path: Path) -> None:
    make_own(tmp_path, NAMES, NOW)
    make_own(tmp_path, ("192.168.7.7", "m.sanbai.lan"), NOW)
    for name in ("bank.example.com", "8.8.8.8", "notsanbai.lan"):
        with pytest.raises(CertificateError) as error:
            make_own(tmp_path, (name,), NOW)
        assert fault(error) == ("beyond-authority", name)
    limits = x509.load_pem_x509_certificate(authority_file(tmp_path).read_bytes())
    assert limits.extensions.get_extension_for_class(x509.NameConstraints).critical
    before = certificate_in_use(tmp_path)
    after = make_own(tmp_path, ("bank.example.com",), NOW, new_authority=True)
    assert before is not None
    assert after.fingerprint != before.fingerprint


@pytest.mark.parametrize("name", ["", "a b", "-a.lan", "http://10.1.2.3", "a..b", "日" * 80])
def test_what_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(CertificateError) as error:
        make_own(tmp_path, (name,), NOW)
    assert error.value.fault == "bad-name"


def test_it_is_renewed_before_it_runs_out(tmp_path: Path) -> None:
    first = make_own(tmp_path, NAMES, NOW)
    assert not renew_own(tmp_path, first.until - timedelta(days=31))
    soon = first.until - timedelta(days=29)
    assert renew_own(tmp_path, soon)
    second = certificate_in_use(tmp_path)
    assert second is not None
    assert second.until == soon.replace(microsecond=0) + timedelta(days=397)
    assert (second.names, second.fingerprint) == (first.names, first.fingerprint)
    speak_plain_http(tmp_path)
    assert not renew_own(tmp_path, soon)


def test_a_given_one_is_taken_when_it_holds(tmp_path: Path) -> None:
    made = tmp_path / "elsewhere"
    theirs = make_own(made, ("grid.example.cn", "10.9.9.9"), NOW)
    given = server_file(made)
    told = take_given(tmp_path, given, given, ("grid.example.cn",), NOW)
    assert (told.names, told.until, told.own) == (theirs.names, theirs.until, False)
    with pytest.raises(CertificateError) as error:
        take_given(tmp_path, given, given, ("other.example.cn",), NOW)
    assert fault(error) == ("names-differ", "other.example.cn")
    with pytest.raises(CertificateError) as error:
        take_given(tmp_path, given, given, (), theirs.until)
    assert fault(error)[0] == "expired"
    with pytest.raises(CertificateError) as error:
        take_given(tmp_path, given, given, (), NOW - timedelta(days=2))
    assert fault(error)[0] == "not-yet"
    assert not renew_own(tmp_path, theirs.until - timedelta(days=1)), "it is not ours to renew"


def test_a_key_of_another_or_none_is_refused(tmp_path: Path) -> None:
    make_own(tmp_path / "a", NAMES, NOW)
    other = tmp_path / "other.key"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain, shape = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
    other.write_bytes(key.private_bytes(serialization.Encoding.PEM, shape, plain))
    given = server_file(tmp_path / "a")
    with pytest.raises(CertificateError) as error:
        take_given(tmp_path, given, other, (), NOW)
    assert error.value.fault == "key-differs"
    locked = serialization.BestAvailableEncryption(b"secret")
    other.write_bytes(key.private_bytes(serialization.Encoding.PEM, shape, locked))
    with pytest.raises(CertificateError) as error:
        take_given(tmp_path, given, other, (), NOW)
    assert error.value.fault == "key-locked"
    other.write_text("no key")
    with pytest.raises(CertificateError) as error:
        take_given(tmp_path, other, given, (), NOW)
    assert fault(error) == ("unreadable", str(other))
