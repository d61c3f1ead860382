"""Where the SAM CLI and the emulator are: each in an environment of its own.

Each pins a botocore, and not the same one.
"""

import os
import shutil
from pathlib import Path

from local.failures import LocalStackError

ROOT = Path(__file__).parent.parent


def sam() -> Path:
    """Give the SAM CLI: `PARLEY_SAM`, what the Makefile installed, or the first on the path."""
    return _find("the SAM CLI", "PARLEY_SAM", ROOT / ".tools/sam/bin/sam", "sam")


def emulator_python() -> Path:
    """Give the Python that has ministack: `PARLEY_EMULATOR_PYTHON`, or what the Makefile made."""
    return _find("the emulator", "PARLEY_EMULATOR_PYTHON", ROOT / ".tools/emulator/bin/python")


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
