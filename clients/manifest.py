"""Which files of a folder are a web app, and the headers that browsers get with them.

The bundler of the web app writes both beside the files: `release.json` and `served.json`. The local
gateway serves the web app by them, and `make page` publishes the web app by them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

FILE_NAME = "served.json"
RELEASE_NAME = "release.json"
"""The list that the service worker loads the web app by."""
FIRST_NAME = "index.html"
"""What a browser loads first. It names the other files."""
FILES_ORIGIN = "{files}"
"""Stands in the headers for the origin that files are uploaded to and downloaded from."""
# Files here are named after their content, so a browser that has one never asks about it again.
UNCHANGING = "assets"
CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


class UnknownContentTypeError(Exception):
    """A file would be sent without a content type, and browsers must not guess one."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`paths` are the files in `folder` that belong to the web app, relative to it."""

    folder: Path
    paths: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what the bundler wrote. Without a list, no file belongs to a web app."""
        headers, release = folder / FILE_NAME, folder / RELEASE_NAME
        return cls(
            folder,
            tuple(json.loads(release.read_text())["files"]) if release.is_file() else (),
            json.loads(headers.read_text())["headers"] if headers.is_file() else {},
        )

    def headers_with(self, files_origin: str) -> dict[str, str]:
        """Give the headers of a deployment whose files are at `files_origin`; empty for none."""
        return {
            name: value.replace(f" {FILES_ORIGIN}", files_origin and f" {files_origin}")
            for name, value in self.headers.items()
        }

    def files(self) -> Iterator[Path]:
        """Give each file of the web app, then the first file, and the list of all files last.

        If files are copied in this order, a browser never finds the first file without the rest.

        Raises:
            UnknownContentTypeError: the name of a file ends in nothing that `CONTENT_TYPES` has.
        """
        for name in sorted(self.paths, key=lambda it: (it == FIRST_NAME, it)):
            path = self.folder / name
            if path.suffix not in CONTENT_TYPES:
                raise UnknownContentTypeError(f"{path}: {path.suffix!r} has no content type")
            yield path
        if self.paths:
            yield self.folder / RELEASE_NAME


def cache_control(path: str) -> str:
    """Say how long a browser may keep a file of the web app, by its path in the folder."""
    if path.startswith(f"{UNCHANGING}/"):
        # The longest that has a meaning: https://www.rfc-editor.org/rfc/rfc8246
        return "public, max-age=31536000, immutable"
    return "no-cache"
