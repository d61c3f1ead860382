"""What is deployed in the emulator, and which of the functions an event is for."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.aws import session
from local.tools import LocalStackError

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import FunctionConfigurationTypeDef

_SUBSTITUTED = re.compile(r"\$\{(\w+)")

type Event = dict[str, Any]
type _Resource = dict[str, Any]


@dataclass(frozen=True)
class Deployed:
    """The stack's template, as CloudFormation deployed it, and its functions.

    `names` are the template's names of resources, by the names that they got.
    """

    stack_name: str
    resources: Mapping[str, _Resource]
    names: Mapping[str, str]
    functions: "Iterable[FunctionConfigurationTypeDef]" = ()

    @classmethod
    def read(cls, aws_url: str, stack_name: str = "parley") -> Self:
        """Read a stack from the emulator.

        Raises:
            LocalStackError: there is no such stack, or nobody answers.
        """
        cloudformation = session().client("cloudformation", endpoint_url=aws_url)
        pages = session().client("lambda", endpoint_url=aws_url).get_paginator("list_functions")
        try:
            template = cloudformation.get_template(StackName=stack_name)["TemplateBody"]
            described = cloudformation.describe_stack_resources(StackName=stack_name)
            functions = [each for page in pages.paginate() for each in page["Functions"]]
        except (ClientError, BotoCoreError) as error:
            raise LocalStackError(f"no deployed stack was found at {aws_url}: {error}") from error
        names = {
            each.get("PhysicalResourceId", ""): each["LogicalResourceId"]
            for each in described["StackResources"]
        }
        return cls(stack_name, json.loads(json.dumps(template))["Resources"], names, functions)

    def function_for(self, event: Event) -> str:
        """Give the template's name of the function that an event's source invokes.

        A source is a route, a queue, a table's stream, a rotation, the rule of a schedule, or a
        backend.

        Raises:
            LocalStackError: the event is of no source, or of one that is not deployed.
        """
        match event:
            case {"requestContext": {"routeKey": str(key)}}:
                sources = [
                    properties["Target"]
                    for _, properties in self.of_type("AWS::ApiGatewayV2::Route")
                    if properties["RouteKey"] == key
                ]
                return self._only_function(f"the route {key!r}", sources)
            case {"Records": [{"eventSourceARN": str(arn)}, *_]}:
                mappings = self._invoked("AWS::Lambda::EventSourceMapping", "EventSourceArn", arn)
                return self._only_function(f"the queue or stream {arn}", mappings)
            case {"source": "aws.events", "resources": [str(arn)]}:
                rules = [
                    each for name, each in self.of_type("AWS::Events::Rule") if _is_named(arn, name)
                ]
                return self._only_function(f"the schedule {arn}", rules)
            case {"SecretId": str(arn)}:
                schedules = self._invoked("AWS::SecretsManager::RotationSchedule", "SecretId", arn)
                return self._only_function(f"the rotation of {arn}", schedules)
            case {"as": _, "frames": _}:
                return self._only_function("a call of a backend", [{"Ref": "BackendFunction"}])
        raise LocalStackError(
            "the event names no route (requestContext.routeKey), no queue or stream "
            "(Records[0].eventSourceARN), no schedule (resources), no secret (SecretId) and no "
            "frames of a backend"
        )

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the resources of a type: names and properties."""
        for name, resource in self.resources.items():
            if resource["Type"] == kind:
                yield name, resource["Properties"]

    def _invoked(self, kind: str, source: str, arn: str) -> list[_Resource]:
        """Give what is invoked by the resource that an ARN names, without the `source` itself."""
        return [
            {key: value for key, value in properties.items() if key != source}
            for _, properties in self.of_type(kind)
            if any(_is_named(arn, name) for name in _referred(properties[source]))
        ]

    def _only_function(self, source: str, values: Iterable[object]) -> str:
        found = {name for value in values for name in self._functions_behind(value)}
        if len(found) > 1:
            raise LocalStackError(f"{source} invokes several functions: {', '.join(sorted(found))}")
        if not found:
            raise LocalStackError(f"{source} invokes no deployed function")
        return found.pop()

    def _functions_behind(self, value: object) -> Iterator[str]:
        for name in set(_referred(value)) & self.resources.keys():
            match self.resources[name]:
                case {"Type": "AWS::Lambda::Function"}:
                    yield name
                case {"Type": "AWS::ApiGatewayV2::Integration" | "AWS::Lambda::Alias"} as between:
                    yield from self._functions_behind(between["Properties"])


def _is_named(arn: str, name: str) -> bool:
    """Whether an ARN is of the resource that the template calls `name`.

    CloudFormation puts the template's name into the name that it gives; events that were written
    by hand leave "Queue" out. A stream's ARN ends with a time, which has colons.
    """
    return _letters(re.sub("(Queue|Secret)$", "", name)) in _letters(arn.split(":", 5)[-1])


def _letters(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _referred(value: object) -> Iterator[str]:
    """Name everything that a value refers to."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _SUBSTITUTED.findall(text)
        case dict():
            for inner in value.values():
                yield from _referred(inner)
        case list():
            for inner in value:
                yield from _referred(inner)
