"""The built package installs into an environment of its own, and runs on the oldest Python."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[4]
CLIENT = REPOSITORY / "clients/python"
UV = shutil.which("uv") or str(REPOSITORY / ".tools/uv/bin/uv")
OLDEST = "3.10"
LINE = "import parley_client; print(parley_client.connect.__module__, parley_client.__file__)"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and the source distribution."""
    folder = tmp_path_factory.mktemp("built")
    run(UV, "build", "--quiet", "--out-dir", str(folder), str(CLIENT))
    return folder


def run(*command: str, folder: Path = REPOSITORY) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == os.EX_OK, done.stdout + done.stderr
    return done.stdout


def find_oldest() -> str | None:
    """Find an interpreter of the oldest version that the client runs on, by uv or in pyenv."""
    command = [UV, "python", "find", "--no-project", "--no-python-downloads", OLDEST]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    if found.returncode == os.EX_OK:
        return found.stdout.strip()
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return next(map(str, pyenv.glob(f"versions/{OLDEST}.*/bin/python")), None)


def environment(folder: Path, python: str, *packages: str) -> str:
    """Make an environment; returns its interpreter."""
    run(UV, "venv", "--quiet", "--no-project", "--python", python, str(folder))
    interpreter = str(folder / "bin/python")
    run(UV, "pip", "install", "--quiet", "--python", interpreter, *packages)
    return interpreter


@pytest.mark.parametrize("kind", ["parley_client-*.whl", "parley_client-*.tar.gz"])
def test_package_is_installed_and_imported_without_the_working_copy(
    built: Path, tmp_path: Path, kind: str
) -> None:
    [package] = built.glob(kind)
    interpreter = environment(tmp_path / "installed", "3.13", str(package))

    printed = run(interpreter, "-W", "error", "-c", LINE, folder=tmp_path)

    assert printed.startswith(f"parley_client.chat {tmp_path}")
    [installed] = tmp_path.glob("installed/lib/python*/site-packages/parley_client")
    assert (installed / "py.typed").exists()
    sources = (CLIENT / "src/parley_client").rglob("*.py")
    assert all(
        (installed / each.relative_to(CLIENT / "src/parley_client")).exists() for each in sources
    )


def test_package_needs_websockets_and_nothing_else(built: Path, tmp_path: Path) -> None:
    [wheel] = built.glob("*.whl")
    interpreter = environment(tmp_path / "installed", "3.13", str(wheel))

    listed = run(UV, "pip", "list", "--quiet", "--format", "freeze", "--python", interpreter)

    assert re.findall(r"^([\w-]+)==", listed, re.MULTILINE) == ["parley-client", "websockets"]


@pytest.mark.parametrize("websockets", ["websockets==15.0", "websockets"], ids=["oldest", "newest"])
def test_client_keeps_its_promises_on_the_oldest_python(
    built: Path, tmp_path: Path, websockets: str
) -> None:
    oldest = find_oldest()
    if oldest is None:
        pytest.skip(f"there is no Python {OLDEST}")
    [wheel] = built.glob("*.whl")
    tools = ("--group", f"{CLIENT}/pyproject.toml:oldest")
    interpreter = environment(tmp_path / "oldest", oldest, str(wheel), websockets, *tools)

    run(
        *(interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=."),
        "clients/python/tests/unit",
        "clients/python/tests/socket",
    )
