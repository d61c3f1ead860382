import json

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.session import Session

from chat.runtime.secret_keys import read_keys
from testing.simulation import REGION


def stored(text: str) -> str:
    client = boto3.client("secretsmanager", REGION)
    return client.create_secret(Name="signing", SecretString=text)["ARN"]


@pytest.mark.usefixtures("aws")
def test_all_keys_and_the_current_one_are_read() -> None:
    secret_id = stored(json.dumps({"current": "b", "a": "older", "b": "newer"}))

    assert read_keys(secret_id, REGION, Session()) == ("b", {"a": b"older", "b": b"newer"})


@pytest.mark.usefixtures("aws")
def test_secret_without_a_current_key_is_an_internal_error() -> None:
    secret_id = stored(json.dumps({"a": "older"}))

    with pytest.raises(KeyError, match="current"):
        read_keys(secret_id, REGION, Session())


@pytest.mark.usefixtures("aws")
def test_missing_secret_is_an_internal_error() -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        read_keys("none", REGION, Session())
