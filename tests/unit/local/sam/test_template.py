"""The template for the SAM CLI holds what is deployed, as a container sees it."""

from pathlib import Path
from typing import Any

import pytest

from local.deployment import Built
from local.sam.deployed import Deployed
from local.sam.template import Addresses, sam_template

BUILT = Built(Path("/built/template.yaml"), "fedcba9876543210")
ADDRESSES = Addresses({8080: "172.17.0.1:40001", 4566: "172.17.0.1:40002"})
RESOURCES: dict[str, dict[str, Any]] = {
    "ChatLayer0123456789": {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"LayerName": {"Fn::Sub": "${AWS::StackName}-chat"}},
    },
    "OtherLayer0123456789": {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"LayerName": {"Fn::Sub": "${AWS::StackName}-other"}},
    },
}
FUNCTION: Any = {
    "FunctionName": "parley-wave",
    "Runtime": "python3.13",
    "Handler": "app.handler",
    "MemorySize": 256,
    "Timeout": 10,
    "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"},
    "Layers": [{"Arn": "arn:aws:lambda:us-east-1:000000000000:layer:parley-chat:7"}],
    "Environment": {
        "Variables": {
            "TABLE": "parley-Table-1A2B",
            "MANAGEMENT_ENDPOINT": "http://127.0.0.1:8080",
            "QUEUE_URL": "http://localhost:4566/000000000000/parley-Queue-1A2B",
            "ISSUER": "http://127.0.0.1:9999/keys",
        }
    },
}


@pytest.fixture
def template() -> dict[str, Any]:
    deployed = Deployed("parley", RESOURCES, {"parley-wave": "WaveFunction"}, [FUNCTION])
    return sam_template(deployed, BUILT, ADDRESSES, {"AWS_ENDPOINT_URL": "http://here"})


def test_a_function_gets_its_deployed_variables(template: dict[str, Any]) -> None:
    properties = template["Resources"]["WaveFunction"]["Properties"]

    assert properties["Environment"]["Variables"] == {
        "TABLE": "parley-Table-1A2B",
        "MANAGEMENT_ENDPOINT": "http://172.17.0.1:40001",
        "QUEUE_URL": "http://172.17.0.1:40002/000000000000/parley-Queue-1A2B",
        "ISSUER": "http://127.0.0.1:9999/keys",
        "AWS_ENDPOINT_URL": "http://here",
    }


def test_a_function_is_the_one_that_was_built_with_the_layers_that_it_has(
    template: dict[str, Any],
) -> None:
    resources = template["Resources"]

    properties = resources["WaveFunction"]["Properties"]
    assert (properties["CodeUri"], properties["Layers"]) == (
        "/built/WaveFunction",
        [{"Ref": "ChatLayerfedcba9876"}],
    )
    assert resources["ChatLayerfedcba9876"]["Properties"]["ContentUri"] == "/built/ChatLayer"


def test_another_build_has_layers_of_other_names(template: dict[str, Any]) -> None:
    other = Built(BUILT.template, "0123456789abcdef")
    deployed = Deployed("parley", RESOURCES, {"parley-wave": "WaveFunction"}, [FUNCTION])

    names = sam_template(deployed, other, ADDRESSES, {})["Resources"].keys()

    assert names & template["Resources"].keys() == {"WaveFunction"}
