"""The built web client at `/`: packed beforehand, and kept by browsers as long as it may be."""

import mimetypes
from os import PathLike, stat_result
from pathlib import Path
from typing import Final

from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import Scope

from api.caching import IMMUTABLE

# What the build packs each file with, the smaller first; browsers ask for br over TLS only.
PACKED: Final = (("br", ".br"), ("gzip", ".gz"))
# Files of this folder carry a digest of their content in their names.
HASHED: Final = "assets"
ASK_AGAIN: Final = "no-cache"


class WebClient(StaticFiles):
    """The files of the client, each as small as the browser takes it.

    Parameters
    ----------
    directory
        What `npm run build` made: beside a file there may be the same one packed, as `.br`, `.gz`.

    Notes
    -----
    A page names the files that it needs by their content. So the page itself is asked for each
    time (304 where it is the same), and what it names is kept for good.
    """

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, html=True)
        self._root = directory.resolve()

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with a file, packed where that is taken; 304 to who has it."""
        path = Path(full_path)
        asked = Headers(scope=scope)
        taken = {
            word.partition(";")[0].strip() for word in asked.get("accept-encoding", "").split(",")
        }
        headers = {"Cache-Control": self._keeping(path), "Vary": "Accept-Encoding"}
        sent = path
        for encoding, ending in PACKED:
            packed = path.with_name(path.name + ending)
            if encoding in taken and packed.is_file():
                sent, stat_result = packed, packed.stat()
                headers["Content-Encoding"] = encoding
                break
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response = FileResponse(
            sent,
            status_code=status_code,
            headers=headers,
            media_type=media_type,
            stat_result=stat_result,
        )
        if self.is_not_modified(response.headers, asked):
            return NotModifiedResponse(response.headers)
        return response

    def _keeping(self, path: Path) -> str:
        within = path.relative_to(self._root).parts
        return IMMUTABLE if HASHED in within[:-1] else ASK_AGAIN
