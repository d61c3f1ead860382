"""Each frame reaches its function, and each reply its sender."""

from typing import Any

import pytest

from chat.protocol.client_frames import ClientFrame
from testing.template import (
    FUNCTIONS,
    PARAMETERS,
    RESOURCES,
    TEMPLATE,
    Function,
    referred,
    resources,
)

ROUTES = {route["RouteKey"]: route for route in resources("AWS::ApiGatewayV2::Route").values()}
INTEGRATIONS = resources("AWS::ApiGatewayV2::Integration")
RESPONSES = resources("AWS::ApiGatewayV2::RouteResponse")
PERMISSIONS = resources("AWS::Lambda::Permission")
STAGE = RESOURCES["ChatStage"]["Properties"]


def logical_id(route: dict[str, Any]) -> str:
    return next(
        name
        for name, properties in resources("AWS::ApiGatewayV2::Route").items()
        if properties is route
    )


def without_snapshots(value: dict[str, Any]) -> Any:  # noqa: ANN401 -- a template's value
    """Take what a value is where functions do not start from snapshots."""
    match value:
        case {"Fn::If": ["SnapStartWanted", _, otherwise]}:
            return otherwise
        case _:
            return value


def function_behind(route: dict[str, Any]) -> Function:
    integration = INTEGRATIONS[route["Target"]["Fn::Sub"].removeprefix("integrations/")[2:-1]]
    uri = without_snapshots(integration["IntegrationUri"])["Fn::Sub"]
    name = uri.removesuffix(".Arn}/invocations").rsplit("${", 1)[1]
    return FUNCTIONS[name]


each_route = pytest.mark.parametrize("key", ROUTES)


def test_frames_are_routed_by_their_type() -> None:
    (api,) = resources("AWS::ApiGatewayV2::Api").values()

    assert api["ProtocolType"] == "WEBSOCKET"
    assert api["RouteSelectionExpression"] == "$request.body.type"


def test_there_is_a_route_for_each_frame_of_the_protocol_and_no_other() -> None:
    frames = {frame.type_name for frame in ClientFrame.__subclasses__()}

    assert ROUTES.keys() == frames | {"$connect", "$disconnect", "$default"}


@each_route
def test_a_route_leads_to_the_function_of_its_name(key: str) -> None:
    function = function_behind(ROUTES[key])

    assert function.folder.name == key.removeprefix("$")


@each_route
def test_the_gateway_may_call_a_function_for_its_own_route_alone(key: str) -> None:
    function = function_behind(ROUTES[key])

    (permission,) = [
        given
        for given in PERMISSIONS.values()
        if referred(without_snapshots(given["FunctionName"])) == function.name
    ]

    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"]["Fn::Sub"].endswith(f":${{ChatApi}}/${{StageName}}/{key}")


@each_route
def test_a_reply_has_both_what_the_gateway_wants_to_deliver_it(key: str) -> None:
    route = ROUTES[key]

    answers = [
        given for given in RESPONSES.values() if referred(given["RouteId"]) == logical_id(route)
    ]

    assert route["RouteResponseSelectionExpression"] == "$default"
    assert [answer["RouteResponseKey"] for answer in answers] == ["$default"]


def test_replies_are_delivered_unless_a_parameter_says_otherwise() -> None:
    conditions = {RESOURCES[name]["Condition"] for name in RESPONSES}

    (condition,) = conditions

    assert TEMPLATE["Conditions"][condition] == {"Fn::Equals": [{"Ref": "RouteResponses"}, "true"]}
    assert PARAMETERS["RouteResponses"]["Default"] == "true"


def test_the_stage_takes_up_changes_by_itself_and_is_throttled() -> None:
    settings = STAGE["DefaultRouteSettings"]

    assert STAGE["AutoDeploy"] is True
    assert settings["ThrottlingRateLimit"] == {"Ref": "ThrottlingRateLimit"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "ThrottlingBurstLimit"}


def test_the_stage_logs_no_content_of_frames() -> None:
    _, access_log, _ = STAGE["AccessLogSettings"]["Fn::If"]

    assert STAGE["DefaultRouteSettings"]["DataTraceEnabled"] is False
    assert STAGE["DefaultRouteSettings"]["LoggingLevel"] == "OFF"
    assert "body" not in access_log["Format"]
