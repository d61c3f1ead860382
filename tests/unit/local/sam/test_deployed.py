"""An event finds its function by the deployed template alone."""

from typing import Any

import pytest

from local.sam.deployed import Deployed
from local.tools import LocalStackError

RESOURCES: dict[str, dict[str, Any]] = {
    "WaveFunction": {"Type": "AWS::Lambda::Function", "Properties": {}},
    "WorkFunction": {"Type": "AWS::Lambda::Function", "Properties": {}},
    "TurnFunction": {"Type": "AWS::Lambda::Function", "Properties": {}},
    "BackendFunction": {"Type": "AWS::Lambda::Function", "Properties": {}},
    "WaveAlias": {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"FunctionName": {"Ref": "WaveFunction"}},
    },
    "WaveIntegration": {
        "Type": "AWS::ApiGatewayV2::Integration",
        "Properties": {
            "IntegrationUri": {
                "Fn::If": [
                    "Snapshots",
                    {"Fn::Sub": ["functions/${Alias}", {"Alias": {"Ref": "WaveAlias"}}]},
                    {"Fn::Sub": "functions/${WaveFunction.Arn}"},
                ]
            }
        },
    },
    "WaveRoute": {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {
            "RouteKey": "wave",
            "Target": {"Fn::Sub": ["integrations/${I}", {"I": {"Ref": "WaveIntegration"}}]},
        },
    },
    "Mapping": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["HardWorkQueue", "Arn"]},
            "FunctionName": {"Ref": "WorkFunction"},
        },
    },
    "Rotation": {
        "Type": "AWS::SecretsManager::RotationSchedule",
        "Properties": {
            "SecretId": {"Fn::GetAtt": ["KeySecret", "Id"]},
            "RotationLambdaARN": {"Fn::GetAtt": ["TurnFunction", "Arn"]},
        },
    },
}
RESOURCES |= {
    "ListenFunction": {"Type": "AWS::Lambda::Function", "Properties": {}},
    "Listening": {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": {"Fn::GetAtt": ["WordsTable", "StreamArn"]},
            "FunctionName": {"Ref": "ListenFunction"},
        },
    },
    "EachMinute": {
        "Type": "AWS::Events::Rule",
        "Properties": {"Targets": [{"Arn": {"Fn::GetAtt": ["ListenFunction", "Arn"]}}]},
    },
}
DEPLOYED = Deployed("parley", RESOURCES, {})
QUEUE = "arn:aws:sqs:eu-central-1:123456789012"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret"
STREAM = (
    "arn:aws:dynamodb:eu-central-1:123456789012:table/parley-WordsTable-1A/stream/2026-11-22T18:19"
)
RULE = "arn:aws:events:eu-central-1:123456789012:rule/parley-EachMinute-1A"


@pytest.mark.parametrize(
    ("event", "function"),
    [
        ({"requestContext": {"routeKey": "wave"}}, "WaveFunction"),
        (
            {"Records": [{"eventSourceARN": f"{QUEUE}:parley-HardWorkQueue-1A2B3C"}]},
            "WorkFunction",
        ),
        ({"Records": [{"eventSourceARN": f"{QUEUE}:parley-hard_work"}]}, "WorkFunction"),
        ({"SecretId": f"{SECRET}:KeySecret-a1b2c3", "Step": "createSecret"}, "TurnFunction"),
        ({"as": "alice", "frames": []}, "BackendFunction"),
        ({"Records": [{"eventSourceARN": STREAM}]}, "ListenFunction"),
        ({"source": "aws.events", "resources": [RULE]}, "ListenFunction"),
    ],
)
def test_an_event_is_for_the_function_that_its_source_invokes(
    event: dict[str, Any], function: str
) -> None:
    assert DEPLOYED.function_for(event) == function


@pytest.mark.parametrize(
    ("event", "named"),
    [
        ({"requestContext": {"routeKey": "frown"}}, "the route 'frown'"),
        ({"Records": [{"eventSourceARN": f"{QUEUE}:parley-rest"}]}, f"{QUEUE}:parley-rest"),
        ({"SecretId": f"{SECRET}:Other-a1b2c3"}, f"{SECRET}:Other-a1b2c3"),
        ({"Records": []}, "the event names no route"),
        ({}, "the event names no route"),
    ],
)
def test_an_event_from_nowhere_is_rejected_by_its_source(event: dict[str, Any], named: str) -> None:
    with pytest.raises(LocalStackError, match=named):
        DEPLOYED.function_for(event)


def test_a_stream_that_two_functions_read_names_both() -> None:
    properties: dict[str, Any] = {
        "EventSourceArn": {"Fn::GetAtt": ["WordsTable", "StreamArn"]},
        "FunctionName": {"Ref": "WorkFunction"},
    }
    second = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}
    deployed = Deployed("parley", RESOURCES | {"ListensToo": second}, {})

    with pytest.raises(LocalStackError, match="several functions: ListenFunction, WorkFunction"):
        deployed.function_for({"Records": [{"eventSourceARN": STREAM}]})
