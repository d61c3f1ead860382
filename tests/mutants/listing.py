"""The list of mutants, and what an entry of it says."""

from pathlib import Path

import msgspec

LIST = Path(__file__).with_name("mutants.toml")
CHAT = Path("layers/chat/chat")
TESTS = Path("tests")


class NotInPlace(ValueError):
    """The text that a mutant replaces does not occur exactly once in its file."""


class Mutant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One fault.

    The file is named below `layers/chat/chat`, or from the root if it is part of the operator's
    command. The tests are named below `tests`, as `docs/guarantees.md` names them.
    """

    file: str
    breaks: str
    before: str
    after: str
    tests: list[str]
    survives: str = ""
    """Why no test can fail, if the mutant does the same as the original."""

    def __str__(self) -> str:
        return f"{self.file}: {self.breaks}"

    @property
    def path(self) -> Path:
        return Path(self.file) if self.file.startswith("cli/") else CHAT / self.file

    @property
    def node_ids(self) -> list[str]:
        return [str(TESTS / each) for each in self.tests]

    def applied_to(self, text: str) -> str:
        """Replace the text that the mutant is about.

        Raises:
            NotInPlace
        """
        if text.count(self.before) != 1:
            raise NotInPlace(str(self))
        return text.replace(self.before, self.after)


class _List(msgspec.Struct, forbid_unknown_fields=True):
    mutant: list[Mutant]


def all_mutants() -> list[Mutant]:
    return msgspec.toml.decode(LIST.read_bytes(), type=_List).mutant
