"""CHANGELOG.md covers the current version."""

import json
import re
import tomllib

from tests.unit.docs.pages import REPOSITORY

RELEASES = re.findall(
    r"^## (\d+\.\d+\.\d+)$", (REPOSITORY / "CHANGELOG.md").read_text(), re.MULTILINE
)


def test_the_newest_release_is_the_version_of_the_code() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

    assert RELEASES[0] == project["version"]


def test_the_client_is_released_with_it() -> None:
    web = REPOSITORY / "clients/web"
    manifest, lock = (
        json.loads((web / name).read_text()) for name in ("package.json", "package-lock.json")
    )

    assert {manifest["version"], lock["version"], lock["packages"][""]["version"]} == {RELEASES[0]}


def test_docs_install_the_packages_of_the_release() -> None:
    tarball = f"parley-client-{RELEASES[0]}.tgz"
    docs = [f"docs/{name}.md" for name in ("from-react", "from-html", "from-a-web-page")]
    pages = [*docs, "clients/web/examples/react/package.json"]

    assert [page for page in pages if tarball not in (REPOSITORY / page).read_text()] == []


def test_the_python_client_is_released_with_it() -> None:
    manifest = (REPOSITORY / "clients/python/pyproject.toml").read_text()
    wheel = f"parley_client-{RELEASES[0]}-py3-none-any.whl"

    assert tomllib.loads(manifest)["project"]["version"] == RELEASES[0]
    assert wheel in (REPOSITORY / "docs/from-python.md").read_text()


def test_releases_are_in_descending_order() -> None:
    numbers = [tuple(map(int, release.split("."))) for release in RELEASES]

    assert numbers == sorted(set(numbers), reverse=True)
