"""What of a folder is a page for browsers, and the headers that it comes with.

The folder says so itself, in a file `served.json`. What publishes the page reads the same.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

DECLARATION = "served.json"
# No file's name tells one version from the next, so a browser asks about each every time.
CACHE_CONTROL = "no-cache"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


class UnknownTypeError(Exception):
    """A file of the page would be sent without a type, which browsers are told not to guess."""


@dataclass(frozen=True, slots=True)
class Served:
    """`parts` are the files and folders in `folder` that are the page: none where it is not said.

    The first of them is where a browser begins, and which leads it to the others.
    """

    folder: Path
    parts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def by(cls, folder: Path) -> Self:
        """Take the folder at its word."""
        declaration = folder / DECLARATION
        if not declaration.is_file():
            return cls(folder)
        said = json.loads(declaration.read_text())
        return cls(folder, tuple(said["files"]), said["headers"])

    def __contains__(self, path: Path) -> bool:
        return path.relative_to(self.folder).parts[0] in self.parts

    def files(self) -> Iterator[Path]:
        """Give every file of the page, the last where a browser begins.

        So a copy that is made in this order is never found with a beginning whose rest is missing.

        Raises:
            UnknownTypeError: one's name ends in nothing that `TYPES` knows.
        """
        for part in reversed(self.parts):
            for path in sorted(_files(self.folder / part)):
                if path.suffix not in TYPES:
                    raise UnknownTypeError(f"What is {path}? {path.suffix!r} is no known type.")
                yield path


def _files(part: Path) -> Iterator[Path]:
    found = part.rglob("*") if part.is_dir() else [part]
    return (path for path in found if path.is_file() and not path.name.startswith("."))
