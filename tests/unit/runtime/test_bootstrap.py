"""The services of a function, built from its environment, against moto."""

import json
from collections.abc import Iterator

import boto3
import pytest
from argon2 import extract_parameters
from msgspec.structs import asdict

from chat.actions.limits import Limits
from chat.actions.services import Services
from chat.auth.passwords import MEMORY_KIB, PASSES
from chat.auth.tokens import Claims
from chat.protocol.ids import ConnectionId, UserId, Username
from chat.push.engine import PushEngine
from chat.runtime import bootstrap
from chat.runtime.cold_start import ON_LAMBDA, init_phase
from chat.storage.connections import find_connection, put_connection
from testing.simulation import REGION, START_MS
from testing.tables import MODELS, bound_tables, create_tables
from tests.unit.runtime.conftest import Lines

TABLES = {f"{name.removesuffix('Table').upper()}_TABLE": name for name in MODELS}
KEYS = json.dumps({"current": "first", "first": "k" * 64})


@pytest.fixture
def environment(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:  # noqa: ARG001 -- moto first
    """Create the resources of the template, and set the variables as it does."""
    create_tables(boto3.client("dynamodb", REGION))
    sqs, secrets = boto3.client("sqs", REGION), boto3.client("secretsmanager", REGION)
    variables = TABLES | {
        "AWS_REGION": REGION,
        "MANAGEMENT_ENDPOINT": f"https://api.execute-api.{REGION}.amazonaws.com/chat",
        "GREET_QUEUE_URL": sqs.create_queue(QueueName="greet")["QueueUrl"],
        "AUTH_DEADLINE_QUEUE_URL": sqs.create_queue(QueueName="auth_deadline")["QueueUrl"],
        "FANOUT_QUEUE_URL": sqs.create_queue(QueueName="fanout")["QueueUrl"],
        "SIGNING_SECRET_ID": secrets.create_secret(Name="signing", SecretString=KEYS)["ARN"],
        "CURSOR_SECRET_ID": secrets.create_secret(Name="cursor", SecretString=KEYS)["ARN"],
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    bootstrap.services.cache_clear()
    yield monkeypatch
    bootstrap.services.cache_clear()
    # The models are bound to this test's tables; the next simulation binds them again.
    bound_tables.cache_clear()


@pytest.fixture
def services(environment: pytest.MonkeyPatch) -> Services:  # noqa: ARG001 -- for its effect
    return bootstrap.services()


def test_services_are_built_once(services: Services) -> None:
    assert bootstrap.services() is services
    assert services.push() is services.push()
    assert services.tokens() is services.tokens()


def test_tables_come_from_the_environment(services: Services) -> None:
    put_connection(ConnectionId("c="), "192.0.2.7", services.now_ms())

    rows = boto3.client("dynamodb", REGION).scan(TableName="ConnectionsTable")["Items"]

    assert find_connection(ConnectionId("c=")) is not None
    assert [row["connection_id"] for row in rows] == [{"S": "c="}]


def test_queues_come_from_the_environment(services: Services) -> None:
    services.publisher().publish_greet(ConnectionId("c="))

    sqs = boto3.client("sqs", REGION)
    queue = sqs.get_queue_url(QueueName="greet")["QueueUrl"]
    assert len(sqs.receive_message(QueueUrl=queue)["Messages"]) == 1


def test_tokens_are_signed_with_the_environments_key(services: Services) -> None:
    claims = Claims(UserId("u"), Username("alice"), 0, START_MS // 1000 * 1000 + 60_000)

    token = services.tokens().issue(claims, START_MS)

    assert services.tokens().verify(token, START_MS) == claims


def test_passwords_are_hashed_at_full_cost(services: Services) -> None:
    parameters = extract_parameters(services.passwords().hash("secret"))

    assert (parameters.memory_cost, parameters.time_cost) == (MEMORY_KIB, PASSES)


def test_cursors_are_sealed_with_the_environments_key(services: Services) -> None:
    cursor = services.cursors().seal(UserId("u"), "conversations", "c")

    assert services.cursors().open(UserId("u"), "conversations", cursor) == "c"


def test_pushes_go_to_the_environments_endpoint(services: Services) -> None:
    assert isinstance(services.push(), PushEngine)


def test_clock_ids_randomness_and_sleep_are_real(services: Services) -> None:
    services.sleep(0)

    assert services.now_ms() > START_MS - 10 * 365 * 24 * 60 * 60 * 1000
    assert services.new_id() != services.new_id()
    assert len(services.new_id()) == 32
    assert 0 <= services.random() < 1
    assert services.random() != services.random()


def test_limits_come_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    usual = asdict(Limits())
    numbers = {name: at for at, name in enumerate(usual, 1) if isinstance(usual[name], int)}
    for name, number in numbers.items():
        environment.setenv(name.upper(), str(number))

    limits = asdict(bootstrap.services().limits)

    assert {name: limits[name] for name in numbers} == numbers


def test_limits_have_defaults(services: Services) -> None:
    assert services.limits == Limits()


def test_function_is_built_without_settings_it_lacks(
    environment: pytest.MonkeyPatch,
) -> None:
    for name in ("SIGNING_SECRET_ID", "MANAGEMENT_ENDPOINT", "GREET_QUEUE_URL", "USERS_TABLE"):
        environment.delenv(name)

    services = bootstrap.services()

    put_connection(ConnectionId("c="), "192.0.2.7", services.now_ms())
    assert find_connection(ConnectionId("c=")) is not None


@pytest.mark.usefixtures("environment")
def test_function_is_built_at_import_on_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ON_LAMBDA, "on-demand")

    with init_phase():
        pass

    assert bootstrap.services.cache_info().currsize == 1


def test_bootstrap_makes_no_request(environment: pytest.MonkeyPatch) -> None:
    # No server listens there.
    environment.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    bootstrap.warm_up()

    assert bootstrap.services.cache_info().currsize == 1


def warnings(lines: Lines) -> list[dict[str, str]]:
    about = ("level", "message", "parameter")
    return [{name: line[name] for name in about} for line in lines() if line["level"] == "WARNING"]


@pytest.mark.usefixtures("environment")
def test_connect_without_allowed_origins_warns_once(logged: Lines) -> None:
    for _ in ("at its start", "for each of its frames"):
        bootstrap.services()

    message = "pages of any origin may connect"
    assert warnings(logged) == [
        {"level": "WARNING", "message": message, "parameter": "AllowedOrigins"}
    ]


def test_connect_with_allowed_origins_does_not_warn(
    environment: pytest.MonkeyPatch, logged: Lines
) -> None:
    environment.setenv("ALLOWED_ORIGINS", "https://chat.example.com")

    bootstrap.services()

    assert warnings(logged) == []


def test_other_functions_do_not_warn_of_origins(
    environment: pytest.MonkeyPatch, logged: Lines
) -> None:
    environment.delenv("GREET_QUEUE_URL")

    bootstrap.services()

    assert warnings(logged) == []
