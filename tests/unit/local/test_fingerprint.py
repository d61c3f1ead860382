"""The hash that tells whether the functions must be built again."""

from pathlib import Path

import pytest

from local.deployment import fingerprint


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "functions" / "typing").mkdir(parents=True)
    (tmp_path / "functions" / "typing" / "app.py").write_text("handler = 1")
    (tmp_path / "template.yaml").write_text("Resources: {}")
    return tmp_path


def of(project: Path, *also: str) -> str:
    return fingerprint(project, ["template.yaml", "functions"], *also)


def test_a_fingerprint_is_the_same_if_nothing_changes(project: Path) -> None:
    before = of(project)

    (project / "functions" / "typing" / "app.py").write_text("handler = 1")

    assert of(project) == before


def test_a_fingerprint_changes_with_the_content_of_a_file(project: Path) -> None:
    before = of(project)

    (project / "functions" / "typing" / "app.py").write_text("handler = 2")

    assert of(project) != before


def test_a_fingerprint_changes_with_the_name_of_a_file(project: Path) -> None:
    before = of(project)

    (project / "functions" / "typing").rename(project / "functions" / "typed")

    assert of(project) != before


def test_a_fingerprint_changes_with_the_architecture(project: Path) -> None:
    assert of(project, "arm64") != of(project, "x86_64")


def test_bytecode_does_not_change_a_fingerprint(project: Path) -> None:
    before = of(project)

    (project / "functions" / "__pycache__").mkdir()
    (project / "functions" / "__pycache__" / "app.pyc").write_bytes(b"\x00")

    assert of(project) == before


def test_other_files_do_not_change_a_fingerprint(project: Path) -> None:
    before = of(project)

    (project / "README.md").write_text("hello")

    assert of(project) == before
