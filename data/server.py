"""Which database a server uses: one it was given, or the private cluster in its home folder."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.engine import make_url

from data.cluster import PrivateCluster

DATABASE = "sanbai"


@dataclass(frozen=True)
class DatabaseUrls:
    """The same database as two roles: `app` serves requests, `owner` migrates."""

    app: str
    owner: str

    @property
    def app_role(self) -> str | None:
        """The run-time role to grant rights to; None where the owner serves as well."""
        role = make_url(self.app).username
        return None if role == make_url(self.owner).username else role


def private_cluster(home: Path) -> PrivateCluster:
    """The private cluster of a home folder, running or not."""
    return PrivateCluster(home / "cluster")


def database_urls(
    home: Path, url: SecretStr | None, migration_url: SecretStr | None
) -> DatabaseUrls:
    """Find the database.

    Raises
    ------
    data.cluster.ClusterError
        If no URL is given and the private cluster was never made.
    """
    if url is not None:
        owner = migration_url or url
        return DatabaseUrls(url.get_secret_value(), owner.get_secret_value())
    cluster = private_cluster(home)
    return DatabaseUrls(cluster.url("sanbai_app", DATABASE), cluster.url("sanbai_owner", DATABASE))
