"""Importing does nothing: a function creates everything on first use."""

import importlib.util
from pathlib import Path

import pytest

FUNCTIONS = sorted((Path(__file__).parents[3] / "functions").glob("*/app.py"))


@pytest.mark.parametrize("path", FUNCTIONS, ids=lambda path: path.parent.name)
def test_a_function_is_imported_without_an_environment(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION", "POWERTOOLS_SERVICE_NAME"):
        monkeypatch.delenv(variable, raising=False)
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_app", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)

    spec.loader.exec_module(module)

    assert callable(module.handler)
