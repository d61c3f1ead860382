"""Applies the instructions of a page, literally, to a copy of the repository."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"`([\w/]+/[\w.]+\.\w+|template\.yaml)`")
_SHOWN = {"console", "py"}


class PageFollower:
    """Keeps the file that the page named last, and the changes to each file."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self._path = ""
        self.edited: list[str] = []

    def follows(self, page: str) -> None:
        for language, text in _parts(page):
            if not language:
                self._path = next(reversed(_PATH.findall(text)), self._path)
            elif language == "sh":
                self._runs(text)
            elif language == "diff":
                self._changes(text)
            elif language not in _SHOWN:
                self._adds(text)

    def _runs(self, command: str) -> None:
        assert command == "make docs\n"
        made = [sys.executable, "-m", "docs.reference"]
        subprocess.run(made, cwd=self.repository, check=True, env={"PYTHONPATH": "layers/chat"})

    def _changes(self, block: str) -> None:
        lines = block.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        new = "".join(line[1:] for line in lines if not line.startswith("-"))
        text = "\n" + self._file.read_text()
        assert text.count(f"\n{old}") == 1, f"{self._path} has not one of these:\n{old}"
        self._file.write_text(text.replace(f"\n{old}", f"\n{new}").removeprefix("\n"))
        self.edited.append(self._path)

    def _adds(self, text: str) -> None:
        assert not self._file.exists(), f"{self._path} is no new file"
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(text)
        self.edited.append(self._path)

    @property
    def _file(self) -> Path:
        return self.repository / self._path


def _parts(page: str) -> Iterator[tuple[str, str]]:
    """Give prose, without a language, and blocks of code in their order."""
    read = 0
    for block in _BLOCK.finditer(page):
        yield "", page[read : block.start()]
        yield block[1], block[2]
        read = block.end()
    yield "", page[read:]
