"""How the files of a folder are sent to browsers, and which of them are the web app.

The folder says so itself, in a file `served.json`. The command that publishes the web app reads the
same file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

DECLARATION = "served.json"


@dataclass(frozen=True, slots=True)
class Served:
    """`parts` are the files and folders in `folder` that are the web app, which `headers` go with.

    All are empty if the folder has no declaration.
    """

    folder: Path
    parts: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    cache_control: str = "no-cache"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def by(cls, folder: Path) -> Self:
        """Read the declaration of a folder."""
        declaration = folder / DECLARATION
        if not declaration.is_file():
            return cls(folder)
        said = json.loads(declaration.read_text())
        parts = tuple(said["files"])
        return cls(folder, parts, said["types"], said["cache_control"], said["headers"])

    def __contains__(self, path: Path) -> bool:
        return path.relative_to(self.folder).parts[0] in self.parts
