"""An office's own identity provider, spoken to by OpenID Connect: authorization code with PKCE.

The protocol's parts are Authlib's; what the provider signs is checked against its published keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError

from api.settings import Settings

KNOWN_FOR: Final = timedelta(hours=1)
LEEWAY_S: Final = 60
TIMEOUT_S: Final = 10
MOST_BYTES: Final = 1 << 20
# Signed with a key that the provider alone has: no shared secrets, and never unsigned.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
SCOPE: Final = "openid profile"
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class OidcError(Exception):
    """Signing in by the provider fails.

    Parameters
    ----------
    code
        `unreachable` (it does not answer as it should) or `refused` (what it says is not for us,
        not now, or not its own).
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True)
class _Told:
    """What a provider publishes about itself."""

    metadata: Mapping[str, Any]
    keys: jwk.KeySet
    at: datetime


class Provider:
    """An identity provider.

    Parameters
    ----------
    settings
        `oidc_issuer` and `oidc_client_id` must be there.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            raise ValueError("set SANBAI_OIDC_ISSUER and SANBAI_OIDC_CLIENT_ID")
        self.issuer = _safe(settings.oidc_issuer)
        self.name = settings.oidc_name
        self.login_claim = settings.oidc_login_claim
        self._client_id = settings.oidc_client_id
        secret = settings.oidc_client_secret
        self._secret = None if secret is None else secret.get_secret_value()
        self._told: _Told | None = None
        self._lock = Lock()

    def address(self, come_back: str, state: str, nonce: str, verifier: str, at: datetime) -> str:
        """Where a browser is sent to be signed in.

        Raises
        ------
        OidcError
        """
        client = OAuth2Client(
            None,
            client_id=self._client_id,
            scope=SCOPE,
            redirect_uri=come_back,
            code_challenge_method="S256",
        )
        url, _ = client.create_authorization_url(
            self._endpoint("authorization_endpoint", at),
            state=state,
            code_verifier=verifier,
            nonce=nonce,
        )
        return str(url)

    def claims(
        self, code: str, come_back: str, nonce: str, verifier: str, at: datetime
    ) -> Mapping[str, Any]:
        """What the provider says of who came back with a code, once it is known to be its word.

        Raises
        ------
        OidcError
        """
        tokens = self._tokens(code, come_back, verifier, at)
        signed = tokens.get("id_token")
        if not isinstance(signed, str):
            raise OidcError("refused", f"no id token: {tokens.get('error')}")
        try:
            token = jwt.decode(signed, self._keys(signed, at), algorithms=list(ALGORITHMS))
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._client_id},
                },
                params={
                    "nonce": nonce,
                    "client_id": self._client_id,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(now=int(at.timestamp()), leeway=LEEWAY_S)
        except (JoseError, ValueError) as error:
            raise OidcError("refused", f"id token: {error}") from error
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise OidcError("refused", "id token: sub")
        return dict(claims)

    def _tokens(self, code: str, come_back: str, verifier: str, at: datetime) -> Mapping[str, Any]:
        body = prepare_token_request(
            "authorization_code", redirect_uri=come_back, code=code, code_verifier=verifier
        )
        known = self._known(at).metadata.get("token_endpoint_auth_methods_supported")
        method = "none" if self._secret is None else "client_secret_basic"
        if self._secret is not None and known and method not in known:
            method = "client_secret_post"
        url, headers, body = ClientAuth(self._client_id, self._secret, method).prepare(
            "POST",
            self._endpoint("token_endpoint", at),
            {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body,
        )
        return _asked("POST", url, headers=headers, content=body)

    def _endpoint(self, name: str, at: datetime) -> str:
        url = self._known(at).metadata.get(name)
        if not isinstance(url, str):
            raise OidcError("unreachable", f"the provider names no {name}")
        return _safe(url)

    def _keys(self, signed: str, at: datetime) -> jwk.KeySet:
        """The provider's keys, looked up anew where it signs with one that was not there."""
        kid = _key_id(signed)
        told = self._known(at)
        if kid is not None and kid not in {key.kid for key in told.keys.keys}:
            told = self._look_up(at)
        return told.keys

    def _known(self, at: datetime) -> _Told:
        with self._lock:
            told = self._told
        if told is not None and timedelta() <= at - told.at < KNOWN_FOR:
            return told
        return self._look_up(at)

    def _look_up(self, at: datetime) -> _Told:
        metadata = _asked("GET", get_well_known_url(self.issuer, external=True))
        if metadata.get("issuer") != self.issuer:
            raise OidcError("unreachable", f"the provider is another: {metadata.get('issuer')}")
        address = metadata.get("jwks_uri")
        if not isinstance(address, str):
            raise OidcError("unreachable", "the provider names no keys")
        published: Any = _asked("GET", _safe(address))
        try:
            keys = jwk.KeySet.import_key_set(published)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise OidcError("unreachable", f"the provider's keys: {error}") from error
        told = _Told(metadata, keys, at)
        with self._lock:
            self._told = told
        return told


def provider_of(settings: Settings) -> Provider | None:
    """The provider that the settings name, if any."""
    return None if settings.oidc_issuer is None else Provider(settings)


def _key_id(signed: str) -> str | None:
    """The key that a token says it is signed with; the signature is checked later."""
    try:
        kid = jws.extract_compact(signed.encode()).headers().get("kid")
    except (JoseError, ValueError) as error:
        raise OidcError("refused", f"id token: {error}") from error
    return kid if isinstance(kid, str) else None


def _safe(url: str) -> str:
    """An address to which secrets may be sent: HTTPS, or on this very machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise OidcError("unreachable", f"not HTTPS: {url}")
    return url


def _asked(method: str, url: str, **sent: Any) -> Mapping[str, Any]:
    """Ask for a JSON object; redirections are not followed."""
    try:
        answer = httpx2.request(method, url, timeout=TIMEOUT_S, **sent)
        # A refusal of a code is JSON with 4xx: it is told by what it lacks.
        told = answer.json() if len(answer.content) <= MOST_BYTES else None
    except (httpx2.HTTPError, ValueError) as error:
        raise OidcError("unreachable", f"{url}: {error}") from error
    if answer.status_code >= 500 or answer.is_redirect or not isinstance(told, dict):
        raise OidcError("unreachable", f"{url}: {answer.status_code}")
    return told
