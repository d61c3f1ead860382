from pathlib import Path

import pytest

from local.fingerprint import fingerprint


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "functions" / "typing").mkdir(parents=True)
    (tmp_path / "functions" / "typing" / "app.py").write_text("handler = 1")
    (tmp_path / "template.yaml").write_text("Resources: {}")
    return tmp_path


def of(project: Path, *also: str) -> str:
    return fingerprint(project, ["template.yaml", "functions"], *also)


def test_it_stays_while_nothing_changes(project: Path) -> None:
    before = of(project)

    (project / "functions" / "typing" / "app.py").write_text("handler = 1")

    assert of(project) == before


def test_it_changes_with_a_files_content(project: Path) -> None:
    before = of(project)

    (project / "functions" / "typing" / "app.py").write_text("handler = 2")

    assert of(project) != before


def test_it_changes_with_a_files_name(project: Path) -> None:
    before = of(project)

    (project / "functions" / "typing").rename(project / "functions" / "typed")

    assert of(project) != before


def test_it_changes_with_what_else_matters(project: Path) -> None:
    assert of(project, "arm64") != of(project, "x86_64")


def test_what_python_caches_is_no_source(project: Path) -> None:
    before = of(project)

    (project / "functions" / "__pycache__").mkdir()
    (project / "functions" / "__pycache__" / "app.pyc").write_bytes(b"\x00")

    assert of(project) == before


def test_what_is_not_named_does_not_matter(project: Path) -> None:
    before = of(project)

    (project / "README.md").write_text("hello")

    assert of(project) == before
