"""A deployed stack: what its outputs name, and the chat put together from it."""

from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.exceptions import ClientError

from chat.actions.services import Services
from chat.runtime.bootstrap import build_services
from chat.runtime.settings import Settings
from cli.place import Place
from cli.refusals import Refused

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_SETTINGS = {
    "management_endpoint": "ManagementEndpoint",
    "signing_secret_id": "SigningSecretArn",
    "greet_queue_url": "GreetQueueUrl",
    "auth_deadline_queue_url": "AuthDeadlineQueueUrl",
    "fanout_queue_url": "FanoutQueueUrl",
}
"""The outputs that settings are named otherwise than."""


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
    def find(cls, place: Place) -> Self:
        """Find the stack of a place.

        Raises:
            Refused: there is none, or it is not Parley's.
        """
        session = boto3.Session()
        if session.region_name is None:
            raise Refused("Which region? Give --region, or a profile that has one.")
        stack = _find_stack(place.stack, session)
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
        parameters = {
            each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", ())
        }
        if "CredentialsTable" not in outputs:
            raise Refused(
                f"The stack {place.stack!r} is {stack['StackStatus']} and names no tables: it is "
                "another's, or was never deployed to its end."
            )
        return cls(
            stack=place.stack,
            status=stack["StackStatus"],
            outputs=outputs,
            parameters=parameters,
            session=session,
            services=_chat(outputs, parameters, session.region_name),
        )

    @property
    def is_local(self) -> bool:
        """Whether a front of our own stands in API Gateway's place."""
        return self.outputs["ManagementEndpoint"].startswith("http:")

    @property
    def websocket_url(self) -> str:
        """Where clients connect; at a local front, where frames are pushed through as well."""
        if self.is_local:
            return f"ws{self.outputs['ManagementEndpoint'].removeprefix('http')}/ws/chat"
        return self.outputs["WebSocketUrl"]

    @property
    def tables(self) -> dict[str, str]:
        """Give the tables' names by those they have in the template."""
        return {key: name for key, name in self.outputs.items() if key.endswith("Table")}


def _find_stack(name: str, session: boto3.Session) -> "StackTypeDef":
    try:
        return session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation's way to say that there is none.
        if error.response["Error"]["Code"] == "ValidationError":
            raise Refused(
                f"There is no stack {name!r} in {session.region_name}. Name it with --stack, "
                "--region and --profile, or a local run with --local."
            ) from error
        raise


def _chat(outputs: Mapping[str, str], parameters: Mapping[str, str], region: str) -> Services:
    values: dict[str, Any] = {
        setting: outputs[output] for setting, output in _SETTINGS.items() if output in outputs
    }
    for key, name in outputs.items():
        if key.endswith("Table"):
            values[f"{key.removesuffix('Table').lower()}_table"] = name
    settings = Settings(
        aws_region=region,
        token_issuer=parameters["TokenIssuer"],
        token_audience=parameters["TokenAudience"],
        session_seconds=int(parameters["SessionSeconds"]),
        conversations_per_user=int(parameters["ConversationsPerUser"]),
        members_per_conversation=int(parameters["MembersPerConversation"]),
        **values,
    )
    # Counts are of what functions do: those of an operator would stand among their output.
    return replace(build_services(settings), add_metric=lambda _name, _number: None)
