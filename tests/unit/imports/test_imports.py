"""What a function has loaded before its first event: what it uses, and no more.

Sets of modules are compared, not times: a time says that something came to be slow, on a machine
that has nothing else to do; a set says what.
"""

import pytest

from chat.runtime.routes import ROUTES
from tests.unit.imports.start_of_a_function import BY_FOLDER, modules_of, packages_of

TABLES_AND_LOG = {
    "aws_lambda_powertools",
    "botocore",
    "dateutil",
    "jmespath",
    "msgspec",
    "pynamodb",
    "six",
    "typing_extensions",
    "urllib3",
}
PASSWORDS_AND_TOKENS = {"argon2", "_argon2_cffi_bindings", "_cffi_backend", "jwt"}
BESIDES = {"authenticate": PASSWORDS_AND_TOKENS}
INSTEAD = {
    "default": {"msgspec", "typing_extensions"},
    "rotate_signing_key": TABLES_AND_LOG - {"aws_lambda_powertools", "pynamodb"},
}

# Each of these costs a start tens of milliseconds, and something imports it gladly.
TOO_DEAR = {
    "asyncio",
    "aws_xray_sdk",
    "boto3",
    "cryptography.x509",
    "multiprocessing.pool",
    "pydantic",
    "requests",
    "s3transfer",
    "sqlite3",
    "unittest",
}

each_function = pytest.mark.parametrize("folder", sorted(BY_FOLDER))


@each_function
def test_a_function_loads_the_packages_it_uses_and_no_other(folder: str) -> None:
    wanted = INSTEAD.get(folder, TABLES_AND_LOG) | BESIDES.get(folder, set())

    assert packages_of(folder) == wanted


@each_function
def test_a_function_loads_nothing_that_is_too_dear(folder: str) -> None:
    assert not TOO_DEAR & modules_of(folder)


@each_function
def test_only_a_function_that_pushes_loads_the_engine(folder: str) -> None:
    pushes = "MANAGEMENT_ENDPOINT" in BY_FOLDER[folder].variables

    assert ("chat.push.engine" in modules_of(folder)) == pushes


@each_function
def test_only_a_function_that_proves_who_somebody_is_loads_what_that_takes(folder: str) -> None:
    loaded = {module for module in modules_of(folder) if module.startswith("chat.auth.")}

    assert bool(loaded) == (folder == "authenticate")


@each_function
def test_a_function_loads_no_other_functions_action(folder: str) -> None:
    own = {route.module for route in ROUTES.values() if route.function == folder} | {folder}
    # The handlers know how `connect` refuses.
    others = {route.module for route in ROUTES.values()} | BY_FOLDER.keys() - {"connect"}

    assert not {f"chat.actions.{other}" for other in others - own} & modules_of(folder)


@each_function
def test_only_what_uses_tables_loads_them(folder: str) -> None:
    loaded = "chat.storage.tables" in modules_of(folder)

    assert loaded == any(name.endswith("_TABLE") for name in BY_FOLDER[folder].variables)
