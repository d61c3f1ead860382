"""Links in the pages lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.unit.docs.pages import REPOSITORY, anchors, code_in, name_of, pages

_LINK = re.compile(r"\]\((?!https?://)([^)\s]+)\)")
_COMMAND = re.compile(r"(?:^|`)(?:\w+=\S+ )*make ([a-z0-9 -]+)", re.MULTILINE)
_TARGET = re.compile(r"^([a-z0-9-]+):", re.MULTILINE)

each_page = pytest.mark.parametrize("page", pages(), ids=name_of)


@each_page
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    links = _LINK.findall(page.read_text())

    broken = [link for link in links if not _leads_somewhere(page, link)]

    assert broken == []


@each_page
def test_every_documented_make_target_exists(page: Path) -> None:
    targets = set(_TARGET.findall((REPOSITORY / "Makefile").read_text()))

    named = {each for found in _COMMAND.findall(code_in(page)) for each in found.split()}

    assert named <= targets


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not heading or heading in anchors(target))
