"""Start a function in a new process, as Lambda does."""

import json
import subprocess
import sys
import sysconfig
from functools import cache

from msgspec.structs import fields

from chat.runtime.settings import Settings
from testing.template import FUNCTIONS, GLOBALS, REPOSITORY, Function

NOT_IN_A_LAYER = ("certifi", "cryptography")
"""Installed for the tests only, and loaded by libraries that find them."""

REPORT = f"""
import sys
sys.modules |= dict.fromkeys({NOT_IN_A_LAYER})
import app
print(*(name for name, module in sys.modules.items() if module))
"""

BY_FOLDER = {function.folder.name: function for function in FUNCTIONS.values()}


@cache
def modules_of(folder: str) -> frozenset[str]:
    """Name the modules that are loaded before the first event."""
    path = [REPOSITORY / "functions" / folder, REPOSITORY / "layers/chat"]
    python_path = ":".join([*map(str, path), sysconfig.get_path("purelib")])
    ran = subprocess.run(
        [sys.executable, "-S", "-c", REPORT],
        env=_environment(BY_FOLDER[folder]) | {"PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not ran.stderr, ran.stderr
    logged = [line for line in ran.stdout.splitlines() if line.startswith("{")]
    assert not logged, json.loads(logged[0])
    return frozenset(ran.stdout.split())


def packages_of(folder: str) -> set[str]:
    """Name the loaded packages outside the standard library."""
    packages = {module.partition(".")[0] for module in modules_of(folder)}
    return packages - sys.stdlib_module_names - {"chat", "app", "__main__", "__mp_main__"}


def _environment(function: Function) -> dict[str, str]:
    numbers = {each.name.upper() for each in fields(Settings) if each.type is int}
    told = (GLOBALS["Environment"]["Variables"] | function.variables).keys() - numbers
    return {name: name.lower() for name in told} | {
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "FILES_ENDPOINT": "",
        "MANAGEMENT_ENDPOINT": "https://api.example/chat" if "MANAGEMENT_ENDPOINT" in told else "",
    }
