"""A reader who does to a copy of the repository what a page says, to the letter."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"`([\w/]+/[\w.]+\.\w+|template\.yaml)`")
_NAMES = re.compile(r"`(\w+)` for `(\w+)`")
_COPY = re.compile(r"(the section )?`([\w./]+)` becomes `([\w./]+)`")
_HEADING = "  # ---- {} "
_SECTION_ENDS = re.compile(r"^  # [-=]{4}", re.MULTILINE)


class PageFollower:
    """Knows which file the page spoke of last, and by which names it wants things copied."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._path = ""
        self._names: list[tuple[str, str]] = []
        self._section = ""

    def follows(self, page: str) -> None:
        for language, text in _parts(page):
            match language:
                case "":
                    self._reads(" ".join(text.split()))
                case "console":
                    pass  # shows what the frame will look like
                case "sh":
                    self._runs(text)
                case "diff":
                    self._changes(text)
                case _:
                    self._adds(self._path, text)

    def _reads(self, prose: str) -> None:
        self._names = _NAMES.findall(prose) or self._names
        paths = _PATH.findall(prose)
        if paths:
            self._path, self._section = paths[-1], ""
        for section, old, new in _COPY.findall(prose):
            if section:
                self._copies_section(old, new)
            else:
                self._adds(new, self._renamed((self._repository / old).read_text()))

    def _copies_section(self, old: str, new: str) -> None:
        text = self._file.read_text()
        begins = text.index(_HEADING.format(old))
        ends = _ends(text, begins)
        copy = self._renamed(text[begins:ends])
        self._file.write_text(text[:ends] + copy + text[ends:])
        self._section = new

    def _runs(self, command: str) -> None:
        assert command == "make docs\n"
        made = [sys.executable, "-m", "docs.reference"]
        subprocess.run(made, cwd=self._repository, check=True, env={"PYTHONPATH": "layers/chat"})

    def _changes(self, block: str) -> None:
        lines = block.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        new = "".join(line[1:] for line in lines if not line.startswith("-"))
        before, part, after = self._around()
        assert part.count(f"\n{old}") == 1, f"{self._path} has not one of these:\n{old}"
        changed = part.replace(f"\n{old}", f"\n{new}")
        self._file.write_text((before + changed + after).removeprefix("\n"))

    def _around(self) -> tuple[str, str, str]:
        """Give the text of the file: before what changes are for, that, and after it."""
        text = "\n" + self._file.read_text()
        if not self._section:
            return "", text, ""
        begins = text.index(_HEADING.format(self._section))
        ends = _ends(text, begins)
        return text[:begins], text[begins:ends], text[ends:]

    def _adds(self, path: str, text: str) -> None:
        file = self._repository / path
        assert not file.exists(), f"{path} is no new file"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def _renamed(self, text: str) -> str:
        for new, old in self._names:
            text = text.replace(old, new)
        return text

    @property
    def _file(self) -> Path:
        return self._repository / self._path


def _ends(text: str, begins: int) -> int:
    """Find where a section of the template ends that begins here."""
    found = _SECTION_ENDS.search(text, begins + 1)
    assert found
    return found.start()


def _parts(page: str) -> Iterator[tuple[str, str]]:
    """Give prose, whose language is none, and blocks of code as they come."""
    read = 0
    for block in _BLOCK.finditer(page):
        yield "", page[read : block.start()]
        yield block[1], block[2]
        read = block.end()
    yield "", page[read:]
