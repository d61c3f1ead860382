"""Frames that broke this or a similar service, each in a file of the corpus with the right answer.

`why` says what was or would be broken. `text` is the frame in parts; a part with a number stands as
often as it says, `$CONVERSATION` for the id of a conversation that the sender is a member of, and
`$SELF` for the sender's username. `answer` is the code of the refusal, or the type of the reply.
"""

import json
from pathlib import Path

import msgspec

CORPUS = Path(__file__).with_name("corpus")


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    why: str
    text: list[str | tuple[str, int]]
    answer: str

    def frame(self, conversation: str, username: str) -> str:
        parts = (part if isinstance(part, str) else part[0] * part[1] for part in self.text)
        return "".join(parts).replace("$CONVERSATION", conversation).replace("$SELF", username)


def read_findings() -> dict[str, Finding]:
    """Read the corpus; each file is named after what broke."""
    return {path.stem: _read(path) for path in sorted(CORPUS.glob("*.json"))}


def _read(path: Path) -> Finding:
    # By Python's own parser: a frame may contain a lone surrogate.
    return msgspec.convert(json.loads(path.read_text()), Finding)
