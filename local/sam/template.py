"""The template that the SAM CLI gets: the functions with the variables that they are deployed with.

From the template itself SAM would make texts without a meaning of most variables: it knows no
table, no queue and no secret.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.deployment import architecture
from local.sam.deployed import Deployed

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import FunctionConfigurationTypeDef

# SAM appends it to the names of layers when it deploys them.
_CONTENT_HASH = re.compile("[0-9a-f]{10}$")
_LOOPBACK = re.compile(r"//(?:127\.0\.0\.1|localhost):(\d+)")


class Addresses:
    """Where a container finds what listens on this machine's loopback, by its port there."""

    def __init__(self, by_port: Mapping[int, str]) -> None:
        self._by_port = by_port

    def seen_from_a_container(self, text: str) -> str:
        """Replace the addresses of these ports within a text."""

        def seen(found: re.Match[str]) -> str:
            address = self._by_port.get(int(found[1]))
            return f"//{address}" if address else found[0]

        return _LOOPBACK.sub(seen, text)


def sam_template(
    deployed: Deployed, built: Path, addresses: Addresses, variables: Mapping[str, str]
) -> dict[str, Any]:
    """Make a template of the functions built in a folder; each gets the `variables` besides."""
    layers = {_CONTENT_HASH.sub("", name): name for name, _ in _layers(deployed)}
    resources = {name: _layer(built / name) for name in layers}
    for function in deployed.functions:
        name = deployed.names[function["FunctionName"]]
        resources[name] = _function(deployed, function, built / name, addresses, variables)
    return {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}


def _function(
    deployed: Deployed,
    function: "FunctionConfigurationTypeDef",
    code: Path,
    addresses: Addresses,
    variables: Mapping[str, str],
) -> dict[str, Any]:
    own = function.get("Environment", {}).get("Variables", {})
    environment = {key: addresses.seen_from_a_container(value) for key, value in own.items()}
    properties = {
        "FunctionName": function["FunctionName"],
        "Runtime": function["Runtime"],
        "Handler": function["Handler"],
        "Architectures": [architecture()],
        "MemorySize": function["MemorySize"],
        "Timeout": function["Timeout"],
        "LoggingConfig": {
            key: function["LoggingConfig"][key] for key in ("LogFormat", "ApplicationLogLevel")
        },
        "CodeUri": str(code),
        "Layers": [{"Ref": name} for name in _layers_of(deployed, function)],
        "Environment": {"Variables": {**environment, **variables}},
    }
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def _layer(content: Path) -> dict[str, Any]:
    properties = {"ContentUri": str(content), "CompatibleArchitectures": [architecture()]}
    return {"Type": "AWS::Serverless::LayerVersion", "Properties": properties}


def _layers(deployed: Deployed) -> list[tuple[str, str]]:
    """Give the layers' names in the template, and those that they got."""
    return [
        (name, _named(deployed, properties["LayerName"]))
        for name, properties in deployed.of_type("AWS::Lambda::LayerVersion")
    ]


def _layers_of(deployed: Deployed, function: "FunctionConfigurationTypeDef") -> list[str]:
    by_arn = {got: _CONTENT_HASH.sub("", name) for name, got in _layers(deployed)}
    # arn:aws:lambda:region:account:layer:name:version
    return [by_arn[layer["Arn"].split(":")[-2]] for layer in function.get("Layers", ())]


def _named(deployed: Deployed, name: Mapping[str, str]) -> str:
    return name["Fn::Sub"].replace("${AWS::StackName}", deployed.stack_name)


def write(template: Mapping[str, Any], folder: Path) -> Path:
    path = folder / "template.json"
    path.write_text(json.dumps(template, indent=1))
    return path
