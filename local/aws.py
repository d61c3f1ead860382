"""boto3 for the emulator, without the user's own profile, files and proxies."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3

# botocore's form: key in the configuration file, environment variable, default, conversion.
_NOTHING_OF_THE_USER = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys and region. The emulator takes `test` for the root user."""

    key_id: str = "test"
    secret: str = "test"  # noqa: S105 - the emulator's well-known key
    region: str = "us-east-1"


EMULATOR_CREDENTIALS = Credentials()


def session(credentials: Credentials = EMULATOR_CREDENTIALS) -> "boto3.Session":
    """Make what boto3 clients of the emulator come from: `.client(service, endpoint_url=…)`."""
    # The gateway needs the credentials alone, and boto3 would double the time that it starts in.
    import boto3  # noqa: PLC0415 - said above
    import botocore.session  # noqa: PLC0415 - as above
    from botocore.config import Config  # noqa: PLC0415 - as above

    core = botocore.session.Session(_NOTHING_OF_THE_USER)
    core.set_default_client_config(Config(proxies={}))
    return boto3.Session(
        credentials.key_id,
        credentials.secret,
        region_name=credentials.region,
        botocore_session=core,
    )


def logical_name_in(endpoint: str) -> Callable[[str], str]:
    """Translate a function's deployed name to its name in the template.

    `sam local start-lambda` knows functions by the template's names alone.
    """
    cloudformation = session().client("cloudformation", endpoint_url=endpoint)

    @cache
    def logical_names() -> dict[str, str]:
        resources = [
            resource
            for stack in cloudformation.describe_stacks()["Stacks"]
            for resource in cloudformation.describe_stack_resources(StackName=stack["StackName"])[
                "StackResources"
            ]
        ]
        return {each.get("PhysicalResourceId", ""): each["LogicalResourceId"] for each in resources}

    return lambda deployed_name: logical_names()[deployed_name]
