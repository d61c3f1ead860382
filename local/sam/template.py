"""The template that the SAM CLI gets: the functions with the variables that they are deployed with.

From the template itself SAM would make texts without a meaning of most variables: it knows no
table, no queue and no secret.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.deployment import Built, architecture
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
    deployed: Deployed, built: Built, addresses: Addresses, variables: Mapping[str, str]
) -> dict[str, Any]:
    """Make a template of the functions as they were built; each gets the `variables` besides."""
    code = built.template.parent
    # SAM names the image with the layers for them, and another checkout has layers of these names.
    layers = {
        _deployed_name(deployed, properties["LayerName"]): _Layer(
            f"{_CONTENT_HASH.sub('', name)}{built.fingerprint[:10]}",
            code / _CONTENT_HASH.sub("", name),
        )
        for name, properties in deployed.of_type("AWS::Lambda::LayerVersion")
    }
    resources = {layer.name: layer.resource for layer in layers.values()}
    for function in deployed.functions:
        name = deployed.names[function["FunctionName"]]
        # arn:aws:lambda:region:account:layer:name:version
        own = [layers[each["Arn"].split(":")[-2]] for each in function.get("Layers", ())]
        environment = {
            key: addresses.seen_from_a_container(value)
            for key, value in function.get("Environment", {}).get("Variables", {}).items()
        }
        resources[name] = _function(function, code / name, own, {**environment, **variables})
    return {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    content: Path

    @property
    def resource(self) -> dict[str, Any]:
        properties = {
            "ContentUri": str(self.content),
            "CompatibleArchitectures": [architecture()],
        }
        return {"Type": "AWS::Serverless::LayerVersion", "Properties": properties}


def _function(
    function: "FunctionConfigurationTypeDef",
    code: Path,
    layers: list[_Layer],
    variables: Mapping[str, str],
) -> dict[str, Any]:
    logging = function["LoggingConfig"]
    properties = {
        "FunctionName": function["FunctionName"],
        "Runtime": function["Runtime"],
        "Handler": function["Handler"],
        "Architectures": [architecture()],
        "MemorySize": function["MemorySize"],
        "Timeout": function["Timeout"],
        "LoggingConfig": {key: logging[key] for key in ("LogFormat", "ApplicationLogLevel")},
        "CodeUri": str(code),
        "Layers": [{"Ref": layer.name} for layer in layers],
        "Environment": {"Variables": variables},
    }
    return {"Type": "AWS::Serverless::Function", "Properties": properties}


def _deployed_name(deployed: Deployed, name: Mapping[str, str]) -> str:
    return name["Fn::Sub"].replace("${AWS::StackName}", deployed.stack_name)


def write(template: Mapping[str, Any], folder: Path) -> Path:
    path = folder / "template.json"
    path.write_text(json.dumps(template, indent=1))
    return path
