"""Everything that is published has the same license."""

import json
import tomllib
from pathlib import Path

import pytest

from tests.unit.docs.pages import REPOSITORY

WEB = REPOSITORY / "clients/web"
PYTHON = REPOSITORY / "clients/python"


def test_the_manifests_name_the_license() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    client = tomllib.loads((PYTHON / "pyproject.toml").read_text())["project"]
    manifest = json.loads((WEB / "package.json").read_text())
    lock = json.loads((WEB / "package-lock.json").read_text())

    named = (project, client, manifest, lock["packages"][""])
    assert {each["license"] for each in named} == {"Apache-2.0"}


@pytest.mark.parametrize("client", [WEB, PYTHON], ids=["JavaScript", "Python"])
def test_each_client_comes_with_the_text_of_the_license(client: Path) -> None:
    assert (client / "LICENSE").read_bytes() == (REPOSITORY / "LICENSE").read_bytes()
