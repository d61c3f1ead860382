"""The deployment's generated keys, kept in Secrets Manager."""

import json
from contextlib import closing
from typing import Any, cast

from botocore.config import Config
from botocore.session import Session

PATIENCE = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 3})
"""Nine seconds at most, of the ten that a function has."""


def read_keys(secret_id: str, region: str, session: Session) -> tuple[str, dict[str, bytes]]:
    """Read a set of keys: the id of the current one, and every one by its id.

    The secret is a JSON object of key ids and keys, whose entry `current` is an id.

    Raises:
        botocore.exceptions.ClientError: it cannot be read.
        KeyError: it has no `current` entry.
    """
    made = session.create_client("secretsmanager", region_name=region, config=PATIENCE)
    with closing(cast("Any", made)) as client:
        answer = client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")
    entries: dict[str, str] = json.loads(answer["SecretString"])
    current = entries.pop("current")
    return current, {key_id: key.encode() for key_id, key in entries.items()}
