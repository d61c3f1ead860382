"""Everything that is published has the same license."""

import json
import tomllib

from tests.unit.docs.pages import REPOSITORY

WEB = REPOSITORY / "clients/web"


def test_the_manifests_name_the_license() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    manifest = json.loads((WEB / "package.json").read_text())
    lock = json.loads((WEB / "package-lock.json").read_text())

    assert {project["license"], manifest["license"], lock["packages"][""]["license"]} == {
        "Apache-2.0"
    }


def test_the_client_comes_with_the_text_of_the_license() -> None:
    assert (WEB / "LICENSE").read_bytes() == (REPOSITORY / "LICENSE").read_bytes()
