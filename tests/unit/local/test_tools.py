from pathlib import Path

import pytest

from local import tools
from local.tools import LocalStackError


def test_a_variable_names_another_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "sam"
    tool.touch(0o755)
    monkeypatch.setenv("PARLEY_SAM", str(tool))

    found = tools.sam()

    assert found == tool


def test_a_missing_tool_is_reported_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARLEY_EMULATOR_PYTHON", str(tmp_path / "nowhere"))

    with pytest.raises(LocalStackError, match="run `make setup`"):
        tools.emulator_python()
