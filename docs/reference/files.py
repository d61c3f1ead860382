"""The files that are made, with what has to be in them."""

from pathlib import Path
from typing import override

import yaml

from docs.reference.asyncapi import document
from docs.reference.events import event_files
from docs.reference.frames_page import frames_page

DOCS = Path(__file__).parents[1]
_TOP = "# Made by `make docs` from layers/chat/chat/protocol/ and docs/examples/.\n"


class _Plainly(yaml.SafeDumper):
    @override
    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Plainly.add_representer(str, _text)


def made_files() -> dict[Path, str]:
    """Make the text of each, by the path at which it belongs."""
    written = yaml.dump(document(), Dumper=_Plainly, sort_keys=False, allow_unicode=True, width=100)
    pages = {DOCS / "asyncapi.yaml": _TOP + written, DOCS / "frames.md": frames_page()}
    return pages | event_files()
