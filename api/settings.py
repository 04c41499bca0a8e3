"""What an administrator may set, by environment variables that begin with `SANBAI_`."""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from data.schema.accounts import ROLES


class Settings(BaseSettings):
    """Settings of one server; read once and passed to `create_app`."""

    model_config = SettingsConfigDict(
        env_prefix="SANBAI_", env_file=".env", env_ignore_empty=True, frozen=True
    )

    home: Path = Field(Path(".sanbai"), description="Folder for all that is made at run time.")
    database_url: SecretStr | None = Field(
        None,
        description="PostgreSQL to use, as the run-time role; none: the private cluster in `home`.",
    )
    migration_database_url: SecretStr | None = Field(
        None, description="The same database as the role that owns the schema."
    )
    live_database_url: SecretStr | None = Field(
        None,
        description="The same database for live events, when `database_url` is a pooler or a "
        "replica: directly to the primary.",
    )
    live_clients: int = Field(
        2000, ge=0, description="Live streams of each web process; who comes later asks by himself."
    )
    files_url: str | None = Field(
        None, description="Where photos lie: `file:///…` or `s3://…`; none: a folder in `home`."
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the server listens on.")
    https_port: int = Field(
        8443,
        ge=1,
        le=65535,
        description="Port for HTTPS, once `sanbai tls` was used; `port` then shows the way to it.",
    )
    trackers_over_http: bool = Field(
        default=False,
        description="Take positions of trackers on the plain port too, for apps that trust no "
        "authority of ours: within a VPN or private network only.",
    )
    pool_size: int = Field(10, ge=2, le=200, description="Connections and request threads.")
    statement_timeout_s: float = Field(30, gt=0, description="No query runs longer, in seconds.")
    session_hours: float = Field(12, gt=0, description="A sign-in ends after so many hours.")
    session_memory_s: float = Field(
        5,
        ge=0,
        le=60,
        description="Shapes of the map are given for so many seconds without looking the session "
        "up again; 0: every request looks it up.",
    )
    tile_memory_mb: int = Field(
        256, ge=0, description="Memory of each web process for drawn tiles, in MiB; 0: none."
    )
    track_queue: int = Field(
        5000,
        ge=1,
        description="Batches of track points of each web process that may wait to be stored; who "
        "comes later is asked to send again.",
    )
    track_whole_days: int = Field(
        30, ge=1, description="Tracks are kept as they came for so many days, then thinned."
    )
    track_days: int = Field(
        90, ge=2, description="No position of a track is kept for longer than so many days."
    )
    secure_cookies: bool = Field(
        default=False, description="Send the session cookie over HTTPS only."
    )
    origin: str | None = Field(
        None,
        description="Address of this site in browsers, such as https://sanbai.example.cn; needed "
        "when the web server before it does not pass the Host on.",
    )
    oidc_issuer: str | None = Field(
        None,
        description="Identity provider of the office (OpenID Connect), such as "
        "https://id.example.cn/realms/town; none: passwords alone.",
    )
    oidc_client_id: str | None = Field(None, description="Our name at the identity provider.")
    oidc_client_secret: SecretStr | None = Field(
        None, description="Our secret at the identity provider; none: a public client."
    )
    oidc_name: str = Field("统一身份认证", description="What its button is called.")
    oidc_login_claim: str | None = Field(
        None,
        description="The provider's claim that holds the login here, such as preferred_username; "
        "an account is linked by it at its first sign-in. None: administrators link accounts.",
    )
    password_hashers: int = Field(
        2, ge=1, le=32, description="Passwords checked at the same time; each takes 64 MiB."
    )
    second_factor_roles: str = Field(
        "",
        description="Roles that sign in with a second factor, such as administrator,auditor; "
        "none: who wants to.",
    )
    approval_by_another: bool = Field(
        default=False,
        description="Who drew up a plan may not approve it, where somebody else can.",
    )
    approval_needs_signature: bool = Field(
        default=False,
        description="A plan is approved only with signed papers of all communities it changes.",
    )
    seal_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="What addresses of chat robots and other short secrets in the database are "
        "sealed with; none: a key that is made once in `home`. Several servers need the same.",
    )
    keep_originals: bool = Field(
        default=False,
        description="Keep photos as they were before parts of them were made unreadable, for "
        "auditors only.",
    )
    export_rows: int = Field(
        50_000, ge=1, le=1_000_000, description="Most rows of a file of cases that is taken along."
    )
    attribution: str | None = Field(
        None, description="Whose map data it is, shown on the map; OpenStreetMap's must be named."
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("second_factor_roles")
    @classmethod
    def _known_roles(cls, said: str) -> str:
        unknown = _words(said) - set(ROLES)
        if unknown:
            raise ValueError(f"no such role: {', '.join(sorted(unknown))}; there are {ROLES}")
        return said

    @property
    def asks_second_factor_of(self) -> frozenset[str]:
        """Roles that sign in with a second factor."""
        return _words(self.second_factor_roles)


def _words(said: str) -> frozenset[str]:
    return frozenset(word.strip() for word in said.split(",") if word.strip())
