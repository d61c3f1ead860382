"""A new signing key, as Secrets Manager asks for one, without logging anybody out.

Tokens signed with the key before are accepted until the next rotation, so rotations must be further
apart than a session is long. Secrets Manager calls four times and repeats a call that failed:
https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
"""

import json
import os
import secrets
from typing import Any, TypedDict, cast

import botocore.session
from botocore.exceptions import ClientError

from chat.runtime.cold_start import prepare_process
from chat.runtime.settings import read_settings

KEY_BYTES = 48


class RotationEvent(TypedDict):
    ClientRequestToken: str
    Step: str


def rotate(event: RotationEvent, context: object) -> None:  # noqa: ARG001 -- Lambda's signature
    """Carry out one step of a rotation.

    Raises:
        ValueError: the step is not one that Secrets Manager documents, or the new keys are not
            complete.
    """
    prepare_process()
    client = cast("Any", botocore.session.get_session().create_client("secretsmanager"))
    # Always this function's own secret, no matter which one the event names.
    secret_id, version = read_settings(os.environ).signing_secret_id, event["ClientRequestToken"]
    match event["Step"]:
        case "createSecret":
            _create(client, secret_id, version)
        case "setSecret":
            pass  # nothing else holds the key: what verifies tokens reads this secret
        case "testSecret":
            _test(client, secret_id, version)
        case "finishSecret":
            _finish(client, secret_id, version)
        case step:
            raise ValueError(f"There is no step {step!r}.")


def next_keys(entries: dict[str, str], key_id: str, key: str) -> dict[str, str]:
    """Make the new key current, keep the one before it, drop those before that."""
    former = entries["current"]
    return {"current": key_id, former: entries[former], key_id: key}


def _create(client: Any, secret_id: str, version: str) -> None:  # noqa: ANN401 -- botocore's
    """Write the new keys as the pending version, once."""
    if _pending_keys(client, secret_id, version) is not None:
        return
    entries = json.loads(
        client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")["SecretString"]
    )
    keys = next_keys(entries, secrets.token_hex(4), secrets.token_urlsafe(KEY_BYTES))
    client.put_secret_value(
        SecretId=secret_id,
        ClientRequestToken=version,
        SecretString=json.dumps(keys),
        VersionStages=["AWSPENDING"],
    )


def _test(client: Any, secret_id: str, version: str) -> None:  # noqa: ANN401 -- botocore's
    """Look at the new keys. There are none where this step alone tries out a new schedule.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    """
    keys = _pending_keys(client, secret_id, version)
    if keys is not None and not keys.get(keys.get("current", "")):
        raise ValueError("The pending keys have no current one.")


def _pending_keys(client: Any, secret_id: str, version: str) -> dict[str, str] | None:  # noqa: ANN401 -- botocore's
    """Read the pending version, which begins without a value."""
    try:
        pending = client.get_secret_value(
            SecretId=secret_id, VersionId=version, VersionStage="AWSPENDING"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    keys: dict[str, str] = json.loads(pending["SecretString"])
    return keys


def _finish(client: Any, secret_id: str, version: str) -> None:  # noqa: ANN401 -- botocore's
    """Make the pending version the current one."""
    versions = client.describe_secret(SecretId=secret_id)["VersionIdsToStages"]
    current = next(each for each, stages in versions.items() if "AWSCURRENT" in stages)
    if current != version:
        client.update_secret_version_stage(
            SecretId=secret_id,
            VersionStage="AWSCURRENT",
            MoveToVersionId=version,
            RemoveFromVersionId=current,
        )
