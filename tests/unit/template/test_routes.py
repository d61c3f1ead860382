"""Each frame reaches its function, and each reply its sender."""

from typing import Any

import pytest

from chat.runtime.routes import GATEWAY_ROUTES
from chat.runtime.routes import ROUTES as FRAME_ROUTES
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
PERMISSIONS = [
    given
    for given in resources("AWS::Lambda::Permission").values()
    if given["Principal"] == "apigateway.amazonaws.com"
]
STAGE = RESOURCES["ChatStage"]["Properties"]


def logical_id(route: dict[str, Any]) -> str:
    return next(
        name
        for name, properties in resources("AWS::ApiGatewayV2::Route").items()
        if properties is route
    )


def without_snapshots(value: dict[str, Any]) -> Any:  # noqa: ANN401 -- a template's value
    """Resolve a value for functions without snapshots."""
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


def test_each_client_frame_has_a_route_and_no_other() -> None:
    assert ROUTES.keys() == FRAME_ROUTES.keys() | {"$connect", "$disconnect", "$default"}


@each_route
def test_a_route_leads_to_the_function_that_serves_it(key: str) -> None:
    serves = GATEWAY_ROUTES.get(key) or FRAME_ROUTES[key].function

    assert function_behind(ROUTES[key]).folder.name == serves


@each_route
def test_the_gateway_may_call_a_function_for_its_own_routes_alone(key: str) -> None:
    (permission,) = [
        given
        for given in PERMISSIONS
        if given["SourceArn"]["Fn::Sub"].endswith(f":${{ChatApi}}/${{StageName}}/{key}")
    ]

    called = referred(without_snapshots(permission["FunctionName"]))
    assert called == function_behind(ROUTES[key]).name


def test_the_gateway_may_call_nothing_without_a_route() -> None:
    assert len(PERMISSIONS) == len(ROUTES)


@each_route
def test_route_has_an_integration_response_and_a_route_response(key: str) -> None:
    route = ROUTES[key]

    answers = [
        given for given in RESPONSES.values() if referred(given["RouteId"]) == logical_id(route)
    ]

    assert route["RouteResponseSelectionExpression"] == "$default"
    assert [answer["RouteResponseKey"] for answer in answers] == ["$default"]


def test_replies_are_delivered_by_default() -> None:
    conditions = {RESOURCES[name]["Condition"] for name in RESPONSES}

    (condition,) = conditions

    assert TEMPLATE["Conditions"][condition] == {"Fn::Equals": [{"Ref": "RouteResponses"}, "true"]}
    assert PARAMETERS["RouteResponses"]["Default"] == "true"


def test_stage_deploys_automatically_and_is_throttled() -> None:
    settings = STAGE["DefaultRouteSettings"]

    assert STAGE["AutoDeploy"] is True
    assert settings["ThrottlingRateLimit"] == {"Ref": "ThrottlingRateLimit"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "ThrottlingBurstLimit"}


def test_the_stage_logs_no_content_of_frames() -> None:
    _, access_log, _ = STAGE["AccessLogSettings"]["Fn::If"]

    assert STAGE["DefaultRouteSettings"]["DataTraceEnabled"] is False
    assert STAGE["DefaultRouteSettings"]["LoggingLevel"] == "OFF"
    assert "body" not in access_log["Format"]
