"""The object store for photos and rasters: a local folder by default, any S3 by setting."""

from pathlib import Path

from obstore.store import LocalStore, ObjectStore, from_url


def open_files(home: Path, url: str | None) -> ObjectStore:
    """Open the store at `url`, or the folder `files` in `home`."""
    if url is not None:
        return from_url(url)
    folder = home.resolve() / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return LocalStore(folder)
