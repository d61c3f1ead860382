"""Which files of a folder are a web app, and the headers that browsers get with them.

The folder declares both in a file `served.json`. The local gateway serves the web app by it, and
`make page` publishes the web app by it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

FILE_NAME = "served.json"
FILES_ORIGIN = "{files}"
"""Stands in the headers for the origin that files are uploaded to and downloaded from."""
# No file name differs between two versions, so a browser asks about each file every time.
CACHE_CONTROL = "no-cache"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
RELEASE_NAME = "release.json"
"""The list that the service worker loads the web app by. No file of the folder: it is made."""


class UnknownContentTypeError(Exception):
    """A file would be sent without a content type, and browsers must not guess one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`parts` are the files and folders in `folder` that belong to the web app.

    A browser loads the first part first; it leads to the others.
    """

    folder: Path
    parts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the folder's declaration. Without one, no file belongs to a web app."""
        declaration = folder / FILE_NAME
        if not declaration.is_file():
            return cls(folder)
        declared = json.loads(declaration.read_text())
        return cls(folder, tuple(declared["files"]), declared["headers"])

    def headers_with(self, files_origin: str) -> dict[str, str]:
        """Give the headers of a deployment whose files are at `files_origin`; empty for none."""
        return {
            name: value.replace(f" {FILES_ORIGIN}", files_origin and f" {files_origin}")
            for name, value in self.headers.items()
        }

    def release(self) -> bytes:
        """Make the list of all files with the digest of each, and one version for all of them.

        Raises:
            UnknownContentTypeError: the name of a file ends in nothing that `CONTENT_TYPES` has.
        """
        files = {
            path.relative_to(self.folder).as_posix(): _digest(path.read_bytes())
            for path in self.files()
        }
        version = _digest(json.dumps(files, sort_keys=True).encode())
        return json.dumps({"version": version, "files": files}).encode()

    def __contains__(self, path: Path) -> bool:
        return path.relative_to(self.folder).parts[0] in self.parts

    def files(self) -> Iterator[Path]:
        """Give each file of the web app, those of the first part last.

        If files are copied in this order, a browser never finds a first part without the rest.

        Raises:
            UnknownContentTypeError: the name of a file ends in nothing that `CONTENT_TYPES` has.
        """
        for part in reversed(self.parts):
            for path in sorted(_files(self.folder / part)):
                if path.suffix not in CONTENT_TYPES:
                    raise UnknownContentTypeError(f"{path}: {path.suffix!r} has no content type")
                yield path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _files(part: Path) -> Iterator[Path]:
    found = part.rglob("*") if part.is_dir() else [part]
    return (path for path in found if path.is_file() and not path.name.startswith("."))
