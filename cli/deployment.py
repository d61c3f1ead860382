"""A deployed stack, and the services that its outputs describe."""

import re
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.exceptions import ClientError

from chat.actions.services import Services
from chat.runtime.bootstrap import build_services
from chat.runtime.settings import Settings
from cli.errors import CommandRefused
from cli.target import Target

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_SETTINGS = {
    "management_endpoint": "ManagementEndpoint",
    "signing_secret_id": "SigningSecretArn",
    "greet_queue_url": "GreetQueueUrl",
    "auth_deadline_queue_url": "AuthDeadlineQueueUrl",
    "fanout_queue_url": "FanoutQueueUrl",
    "delete_files_queue_url": "DeleteFilesQueueUrl",
    "notify_queue_url": "NotifyQueueUrl",
    "presence_queue_url": "PresenceQueueUrl",
    "files_bucket": "FilesBucket",
}
"""The outputs by setting, if their names differ."""


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """`outputs` and `parameters` are the template's."""

    stack: str
    status: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]
    session: boto3.Session
    services: Services

    @classmethod
    def find(cls, target: Target) -> Self:
        """Find the stack of a target.

        Raises:
            CommandRefused: it does not exist, or is not Parley's.
        """
        session = boto3.Session()
        if session.region_name is None:
            raise CommandRefused(
                "Which region? Name it with --region, or use a profile that has one."
            )
        stack = _find_stack(target.stack, session)
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
        parameters = {
            each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", ())
        }
        if "CredentialsTable" not in outputs:
            raise CommandRefused(
                f"The stack {target.stack!r} is {stack['StackStatus']} and has no tables: it is "
                "not Parley's, or its first deployment did not end."
            )
        return cls(
            stack=target.stack,
            status=stack["StackStatus"],
            outputs=outputs,
            parameters=parameters,
            session=session,
            services=_chat(outputs, parameters, session.region_name),
        )

    @property
    def is_local(self) -> bool:
        """Whether the local gateway takes the place of API Gateway."""
        return self.outputs["ManagementEndpoint"].startswith("http:")

    @property
    def websocket_url(self) -> str:
        """Where clients connect. The local gateway has one address for clients and for pushes."""
        if self.is_local:
            return f"ws{self.outputs['ManagementEndpoint'].removeprefix('http')}/ws/chat"
        return self.outputs["WebSocketUrl"]

    @property
    def tables(self) -> dict[str, str]:
        """The names of the tables by their names in the template."""
        return {key: name for key, name in self.outputs.items() if key.endswith("Table")}


def _find_stack(name: str, session: boto3.Session) -> "StackTypeDef":
    try:
        return session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation answers so if the stack does not exist.
        if error.response["Error"]["Code"] == "ValidationError":
            raise CommandRefused(
                f"There is no stack {name!r} in {session.region_name}. Name it with --stack, "
                "--region and --profile, or use the local stack with --local."
            ) from error
        raise


def _chat(outputs: Mapping[str, str], parameters: Mapping[str, str], region: str) -> Services:
    values: dict[str, Any] = {
        setting: outputs[output] for setting, output in _SETTINGS.items() if output in outputs
    }
    for key, name in outputs.items():
        if key.endswith("Table"):
            values[_snake_case(key)] = name
    settings = Settings(
        aws_region=region,
        token_issuer=parameters["TokenIssuer"],
        token_audience=parameters["TokenAudience"],
        files_endpoint=parameters["FilesEndpoint"],
        session_seconds=int(parameters["SessionSeconds"]),
        offline_seconds=int(parameters["OfflineSeconds"]),
        conversations_per_user=int(parameters["ConversationsPerUser"]),
        members_per_conversation=int(parameters["MembersPerConversation"]),
        # Devices that were registered while it was on are forgotten with their users.
        web_push="true",
        **values,
    )
    # Metrics count what functions do, and would be printed among a command's output.
    return replace(build_services(settings), add_metric=lambda _name, _number: None)


def _snake_case(name: str) -> str:
    return re.sub(r"\B([A-Z])", r"_\1", name).lower()
