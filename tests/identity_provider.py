"""An identity provider that a test runs itself: discovery, keys, codes, signed tokens."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwk, jwt

WAIT_S = 30
CLIENT, SECRET = "sanbai", "our secret there"


class IdentityProvider:
    """What the provider knows, and how it misbehaves when a test asks it to.

    Attributes
    ----------
    claims
        Put over what an id token says; None as a value leaves a claim out.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.issuer = ""
        self.behave()

    def behave(self) -> None:
        """Begin anew with a key of its own, and say nothing wrong."""
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False)
        self.signing = self.key
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "first"}
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []

    def sign(self, claims: dict[str, Any]) -> str:
        """A token of these claims, by its own key or, forged, as somebody else makes it."""
        if self.header["alg"] == "RS256":
            return jwt.encode(self.header, claims, self.signing)
        said = ".".join(_plain(json.dumps(part).encode()) for part in (self.header, claims))
        if self.header["alg"] == "none":
            return f"{said}."
        # By what everybody knows: the public key, taken for a shared secret.
        known = self.key.as_pem(private=False)
        return f"{said}.{_plain(hmac.digest(known, said.encode(), 'sha256'))}"

    def sign_in(self, address: str, subject: str) -> str:
        """Do what the provider's page does: who is there, and back to where he came from."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**asked, "sub": subject}
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], 'code': code})}"

    def told(self) -> dict[str, Any]:
        """What it publishes about itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.metadata,
        }

    def tokens(self, form: dict[str, str], authorization: str) -> JSONResponse:
        """Tokens for a code, once, to who set out and is the client."""
        wanted = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {wanted}":
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form["code"], None)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if asked is None or asked["code_challenge"] != _plain(challenge):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.clock().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": asked["sub"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": asked["sub"],
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        signed = self.sign(said)
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": signed})

    def app(self) -> FastAPI:
        """It as an application."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def _told() -> dict[str, Any]:
            self.asked.append("told")
            return self.told()

        @app.get("/keys")
        def _keys() -> dict[str, Any]:
            self.asked.append("keys")
            return {"keys": [self.key.as_dict(private=False)]}

        @app.post("/token")
        async def _tokens(request: Request) -> JSONResponse:
            self.asked.append("token")
            sent = parse_qs((await request.body()).decode())
            form = {name: values[0] for name, values in sent.items()}
            return self.tokens(form, request.headers.get("authorization", ""))

        return app


def _plain(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@contextmanager
def serving(provider: IdentityProvider) -> Iterator[IdentityProvider]:
    """Let it answer on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(provider.app(), port=0, log_config=None))
    ready = Event()
    startup = server.startup

    async def begun(sockets: Any = None) -> None:
        await startup(sockets)
        ready.set()

    server.startup = begun  # type: ignore[method-assign]
    thread = Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(WAIT_S)
        port = server.servers[0].sockets[0].getsockname()[1]
        provider.issuer = f"http://127.0.0.1:{port}"
        yield provider
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
