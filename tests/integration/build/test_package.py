"""`pip install .` installs the operator's command, which runs without the working copy."""

import os
import subprocess
import venv
from pathlib import Path

import pytest

from testing.template import REPOSITORY


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the package into a new environment."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    install = ("-m", "pip", "install", "--quiet", str(REPOSITORY))
    subprocess.run([str(folder / "bin/python"), *install], check=True, cwd=folder)
    return folder


def parley(environment: Path, *words: str) -> str:
    # In a folder of its own, where no import finds the working copy.
    done = subprocess.run(
        [environment / "bin/parley", *words],
        cwd=environment,
        env={"PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return done.stdout


@pytest.mark.parametrize("command", ["users", "send", "frames", "doctor", "page"])
def test_the_installed_command_explains_each_command(environment: Path, command: str) -> None:
    assert parley(environment, command, "--help").startswith(f"Usage: parley {command}")


def test_the_web_app_is_installed_whole(environment: Path) -> None:
    (site,) = environment.glob("lib/python*/site-packages")
    here, there = REPOSITORY / "clients/web/dist", site / "clients/web/dist"

    files = [each for each in here.rglob("*") if each.is_file()]
    assert here / "release.json" in files
    for file in files:
        assert (there / file.relative_to(here)).read_bytes() == file.read_bytes()
