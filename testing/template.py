"""The deployment as the template declares it."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.tools import sam

REPOSITORY = Path(__file__).parents[1]


def expanded(template: Path) -> dict[str, Any]:
    """Expand a template's loops with SAM's own code, in SAM's environment."""
    command = [str(sam().with_name("python")), str(REPOSITORY / "local/expand.py"), str(template)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    written_out: dict[str, Any] = json.loads(ran.stdout)
    return written_out


TEMPLATE = expanded(REPOSITORY / "template.yaml")
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
PARAMETERS: dict[str, dict[str, Any]] = TEMPLATE["Parameters"]
GLOBALS: dict[str, Any] = TEMPLATE["Globals"]["Function"]


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Give the properties of all resources of a kind, by their names in the template."""
    return {
        name: resource["Properties"]
        for name, resource in RESOURCES.items()
        if resource["Type"] == kind
    }


def referred(value: object) -> str:
    """Name the resource that `!Ref` or `!GetAtt` points to; an empty string for anything else."""
    match value:
        case {"Ref": str(name)}:
            return name
        case {"Fn::GetAtt": [str(name), _]}:
            return name
        case _:
            return ""


@dataclass(frozen=True)
class Grant:
    """One action on one resource, under a condition or none."""

    action: str
    on: Any
    condition: Any = None

    @property
    def target(self) -> str:
        """Name the table, queue or secret, or repeat a text that is no plain reference."""
        return referred(self.on) or str(self.on.get("Fn::Sub", self.on))


@dataclass(frozen=True)
class Function:
    name: str
    properties: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        return REPOSITORY / str(self.properties["CodeUri"])

    @property
    def timeout_seconds(self) -> int:
        return int(self.properties.get("Timeout", GLOBALS["Timeout"]))

    @property
    def variables(self) -> dict[str, Any]:
        """Give its own variables, without those of all functions."""
        return dict(self.properties["Environment"]["Variables"])

    @property
    def role(self) -> str:
        return referred(self.properties["Role"])

    @property
    def grants(self) -> list[Grant]:
        policies = RESOURCES[self.role]["Properties"]["Policies"]
        return [grant for policy in policies for grant in grants(policy["PolicyDocument"])]

    @property
    def consumed_queues(self) -> dict[str, Mapping[str, Any]]:
        """Give its event sources by the names of their queues."""
        events = self.properties.get("Events", {}).values()
        return {referred(event["Properties"]["Queue"]): event["Properties"] for event in events}

    def targets(self, *actions: str) -> set[str]:
        """Name the resources on which it may perform any of these actions; `sqs:*` is a prefix."""
        return {
            grant.target
            for grant in self.grants
            if any(
                grant.action == action
                or (action.endswith("*") and grant.action.startswith(action[:-1]))
                for action in actions
            )
        }


def grants(document: Mapping[str, Any]) -> Iterator[Grant]:
    for statement in map(_wanted, document["Statement"]):
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield Grant(action, resource, statement.get("Condition"))


def _wanted(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a statement that stands under a condition as if that is met."""
    wanted: Mapping[str, Any] = statement["Fn::If"][1] if "Fn::If" in statement else statement
    return wanted


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


FUNCTIONS = {
    name: Function(name, properties)
    for name, properties in resources("AWS::Serverless::Function").items()
}
