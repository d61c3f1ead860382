"""A function loads what it uses before its first event, and no more.

Sets of modules are compared, not times: a time says that something came to be slow, on a machine
that has nothing else to do; a set says what.
"""

import pytest

from chat.runtime.routes import BACKEND, ROUTES
from tests.unit.imports.cold_start_probe import BY_FOLDER, modules_of, packages_of

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

# Each of these adds tens of milliseconds to a cold start, and is easily imported by accident.
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

BESIDES_MESSAGES = {
    "chat.actions.calling_user",
    "chat.protocol.backend_calls",
    "chat.protocol.server_profiles",
    "chat.push.notices",
    "chat.push.queue_bodies",
    "chat.push.queue_publisher",
    "chat.runtime.backend",
    "chat.storage.identities",
    "chat.storage.profiles",
    "chat.storage.users",
    "secrets",
}

each_function = pytest.mark.parametrize("folder", sorted(BY_FOLDER))


@each_function
def test_a_function_loads_the_packages_it_uses_and_no_other(folder: str) -> None:
    wanted = INSTEAD.get(folder, TABLES_AND_LOG) | BESIDES.get(folder, set())

    assert packages_of(folder) == wanted


def test_backend_loads_little_more_than_chat_message_does() -> None:
    added = modules_of(BACKEND) - modules_of("chat_message")

    assert added == BESIDES_MESSAGES


@each_function
def test_function_loads_no_expensive_module(folder: str) -> None:
    assert not TOO_DEAR & modules_of(folder)


@each_function
def test_only_a_function_that_pushes_loads_the_engine(folder: str) -> None:
    pushes = "MANAGEMENT_ENDPOINT" in BY_FOLDER[folder].variables

    assert ("chat.push.engine" in modules_of(folder)) == pushes


@each_function
def test_only_authenticate_loads_the_credential_libraries(folder: str) -> None:
    loaded = {module for module in modules_of(folder) if module.startswith("chat.auth.")}

    assert bool(loaded) == (folder == "authenticate")


@each_function
def test_a_function_loads_no_other_functions_action(folder: str) -> None:
    own = {route.module for route in ROUTES.values() if route.function == folder} | {folder}
    # Most frames of a backend are messages.
    own |= {"chat_message"} if folder == BACKEND else set()
    # The handlers import the rejections of `connect`.
    others = {route.module for route in ROUTES.values()} | BY_FOLDER.keys() - {"connect"}

    assert not {f"chat.actions.{other}" for other in others - own} & modules_of(folder)


@each_function
def test_only_functions_that_use_tables_load_them(folder: str) -> None:
    loaded = "chat.storage.tables" in modules_of(folder)

    assert loaded == any(name.endswith("_TABLE") for name in BY_FOLDER[folder].variables)
