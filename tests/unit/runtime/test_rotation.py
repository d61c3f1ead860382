import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.session import Session
from moto import mock_aws
from mypy_boto3_secretsmanager import SecretsManagerClient

from chat.runtime.rotation import RotationEvent, next_keys, rotate
from chat.runtime.secret_keys import read_keys

REGION = "eu-central-1"
VERSION = "a" * 32


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretsManagerClient]:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "testing")
    for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(variable, REGION)
    monkeypatch.setenv("SIGNING_SECRET_ID", "signing")
    with mock_aws():
        client = boto3.client("secretsmanager", region_name=REGION)
        first = {"current": "first", "first": "f" * 64}
        client.create_secret(Name="signing", SecretString=json.dumps(first))
        yield client


def step(name: str) -> RotationEvent:
    return {"ClientRequestToken": VERSION, "Step": name}


def carry_out(*names: str) -> None:
    for name in names:
        rotate(step(name), context=None)


@pytest.mark.usefixtures("secrets")
def test_rotation_makes_a_new_key_current_and_keeps_the_previous_one() -> None:
    carry_out("createSecret", "setSecret", "testSecret", "finishSecret")

    current, keys = read_keys("signing", REGION, Session())
    assert current != "first"
    assert keys.keys() == {"first", current}
    assert len(keys[current]) >= 32


@pytest.mark.usefixtures("secrets")
def test_until_a_rotation_is_finished_nothing_changes() -> None:
    carry_out("createSecret", "setSecret", "testSecret")

    assert read_keys("signing", REGION, Session()) == ("first", {"first": b"f" * 64})


@pytest.mark.usefixtures("secrets")
def test_every_rotation_step_may_run_twice() -> None:
    carry_out("createSecret", "createSecret", "setSecret", "testSecret", "testSecret")
    carry_out("finishSecret", "finishSecret")

    current, keys = read_keys("signing", REGION, Session())
    assert keys.keys() == {"first", current}


@pytest.mark.usefixtures("secrets")
def test_a_version_without_a_value_is_no_failure() -> None:
    # Secrets Manager tries the function with one when a schedule is made:
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    carry_out("testSecret")

    assert read_keys("signing", REGION, Session()) == ("first", {"first": b"f" * 64})


@pytest.mark.parametrize(
    "keys", [{"current": "new"}, {"new": "n" * 64}, {"current": "new", "new": ""}]
)
def test_unusable_keys_are_not_made_current(
    secrets: SecretsManagerClient, keys: dict[str, str]
) -> None:
    secrets.put_secret_value(
        SecretId="signing",
        ClientRequestToken=VERSION,
        SecretString=json.dumps(keys),
        VersionStages=["AWSPENDING"],
    )

    with pytest.raises(ValueError, match="pending keys"):
        carry_out("testSecret")


@pytest.mark.usefixtures("secrets")
def test_an_unknown_step_is_refused() -> None:
    with pytest.raises(ValueError, match="teleport"):
        carry_out("teleport")


def test_the_key_before_the_last_is_dropped() -> None:
    keys = next_keys({"current": "b", "a": "A", "b": "B"}, "c", "C")

    assert keys == {"current": "c", "b": "B", "c": "C"}
