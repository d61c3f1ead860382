"""The tools of the local stack: where they are, and the environment that they run in.

The SAM CLI and the emulator each have a Python environment of their own, because each pins a
botocore, and not the same one.
"""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent


class LocalStackError(Exception):
    """Why the local stack cannot run: shown to the developer, without a traceback."""


def sam() -> Path:
    """Give the SAM CLI: `PARLEY_SAM`, what the Makefile installed, or the first on the path."""
    return _find("the SAM CLI", "PARLEY_SAM", ROOT / ".tools/sam/bin/sam", "sam")


def emulator_python() -> Path:
    """Give the Python that has ministack: `PARLEY_EMULATOR_PYTHON`, or what the Makefile made."""
    return _find("the emulator", "PARLEY_EMULATOR_PYTHON", ROOT / ".tools/emulator/bin/python")


def environment_without_aws() -> dict[str, str]:
    """Give the user's environment without AWS keys, profiles and files, and without telemetry."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return others | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
    }


def _find(what: str, variable: str, usual: Path, command: str | None = None) -> Path:
    given = os.environ.get(variable)
    on_path = shutil.which(command) if command else None
    for path in (given,) if given else (usual, on_path):
        # Not resolved: the link in an environment's bin folder is what makes it the environment's.
        if path is not None and os.access(path, os.X_OK):
            return Path(path).absolute()
    raise LocalStackError(
        f"{what} is not at {given or usual}: run `make setup`, or name it with {variable}"
    )
