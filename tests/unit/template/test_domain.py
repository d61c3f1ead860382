"""A custom domain: no resources without it, and one path through it."""

import pytest

from testing.template import FUNCTIONS, PARAMETERS, RESOURCES, TEMPLATE
from tests.unit.template.test_parameters import is_sensible

PARTS = {name: each for name, each in RESOURCES.items() if name.startswith("Domain")}
# The web app uses them too, with or without a domain.
SHARED = {"DomainEdgeKey", "DomainPathFunction", "DomainDistribution"}
DISTRIBUTION = RESOURCES["DomainDistribution"]["Properties"]["DistributionConfig"]
(BEHAVIOUR,) = DISTRIBUTION["CacheBehaviors"]
_, _, ELSEWHERE = DISTRIBUTION["DefaultCacheBehavior"]["Fn::If"]
API = DISTRIBUTION["Origins"][0]

WEB_ACL = "arn:aws:wafv2"

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
ALL_BUT_THE_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@pytest.mark.parametrize("name", ["DomainName", "CertificateArn", "HostedZoneId", "FirewallArn"])
def test_there_is_no_domain_by_default(name: str) -> None:
    assert PARAMETERS[name]["Default"] == ""


@pytest.mark.parametrize("name", sorted(PARTS.keys() - SHARED))
def test_domain_resources_exist_only_with_a_domain(name: str) -> None:
    conditions = TEMPLATE["Conditions"]
    given = {"Fn::Not": [{"Fn::Equals": [{"Ref": "DomainName"}, ""]}]}

    condition = PARTS[name]["Condition"]

    assert conditions["DomainGiven"] == given
    assert (
        condition == "DomainGiven"
        or {"Condition": "DomainGiven"} in conditions[condition]["Fn::And"]
    )


@pytest.mark.parametrize("name", sorted(SHARED))
def test_cloudfront_exists_for_a_domain_or_the_web_app(name: str) -> None:
    condition = PARTS[name]["Condition"]

    assert TEMPLATE["Conditions"][condition] == {
        "Fn::Or": [{"Condition": "DomainGiven"}, {"Condition": "WebPageWanted"}]
    }


def test_websocket_path_is_that_of_the_guide() -> None:
    _, with_domain, _ = TEMPLATE["Outputs"]["WebSocketUrl"]["Value"]["Fn::If"]

    assert with_domain == {"Fn::Sub": "wss://${DomainName}/ws/chat"}


def test_websocket_path_maps_to_the_stage_and_others_are_not_found() -> None:
    code = RESOURCES["DomainPathFunction"]["Properties"]["FunctionCode"]["Fn::Sub"]

    assert "request.uri !== '/ws/chat'" in code
    assert "statusCode: 404" in code
    assert "request.uri = '/${StageName}'" in code
    for behaviour in (BEHAVIOUR, ELSEWHERE):
        (association,) = behaviour["FunctionAssociations"]
        assert association["EventType"] == "viewer-request"
        assert association["FunctionARN"] == {
            "Fn::GetAtt": ["DomainPathFunction", "FunctionMetadata.FunctionARN"]
        }


def test_paths_below_the_websocket_path_go_to_the_api() -> None:
    assert BEHAVIOUR["PathPattern"] == "/ws/*"
    assert BEHAVIOUR["TargetOriginId"] == ELSEWHERE["TargetOriginId"] == API["Id"] == "api"


def test_client_address_is_forwarded_with_a_secret_key() -> None:
    key = {"Fn::Sub": "{{resolve:secretsmanager:${DomainEdgeKey}}}"}
    code = RESOURCES["DomainPathFunction"]["Properties"]["FunctionCode"]["Fn::Sub"]

    (header,) = API["OriginCustomHeaders"]

    assert header == {"HeaderName": "x-parley-edge", "HeaderValue": key}
    assert "request.headers['x-parley-viewer'] = {value: event.viewer.ip}" in code
    assert FUNCTIONS["ConnectFunction"].variables["EDGE_KEY"] == {
        "Fn::If": ["DistributionWanted", key, {"Ref": "AWS::NoValue"}]
    }


def test_cloudfront_caches_nothing_and_forwards_all_but_the_host() -> None:
    assert BEHAVIOUR["CachePolicyId"] == CACHING_DISABLED
    assert BEHAVIOUR["OriginRequestPolicyId"] == ALL_BUT_THE_HOST


def test_plain_http_is_rejected() -> None:
    assert BEHAVIOUR["ViewerProtocolPolicy"] == ELSEWHERE["ViewerProtocolPolicy"] == "https-only"
    assert DISTRIBUTION["ViewerCertificate"]["MinimumProtocolVersion"] >= "TLSv1.2_2021"
    assert API["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


@pytest.mark.parametrize(
    ("parameter", "value", "sensible"),
    [
        ("DomainName", "chat.example.com", True),
        ("DomainName", "https://chat.example.com", False),
        ("DomainName", "chat.example.com/ws", False),
        ("DomainName", "localhost", False),
        ("CertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/0a-b1", True),
        ("CertificateArn", "arn:aws:acm:eu-central-1:123456789012:certificate/0a-b1", False),
        ("FirewallArn", f"{WEB_ACL}:us-east-1:123456789012:global/webacl/chat/0a-b1", True),
        ("FirewallArn", f"{WEB_ACL}:us-east-1:123456789012:regional/webacl/chat/0a-b1", False),
        ("FirewallArn", "chat", False),
        ("HostedZoneId", "Z0123456789ABCDEFGHIJ", True),
        ("HostedZoneId", "/hostedzone/Z0123456789ABCDEFGHIJ", False),
    ],
)
def test_impossible_domain_parameters_fail_the_deployment(
    parameter: str, value: str, *, sensible: bool
) -> None:
    assert is_sensible(parameter, value) is sensible


def test_cloudfront_uses_the_firewall_if_given() -> None:
    rule = TEMPLATE["Rules"]["AFirewallStandsBeforeSomething"]

    condition, given, otherwise = DISTRIBUTION["WebACLId"]["Fn::If"]

    assert rule["RuleCondition"] == TEMPLATE["Conditions"][condition]
    assert given == {"Ref": "FirewallArn"}
    assert otherwise == {"Ref": "AWS::NoValue"}


def test_domain_requires_a_certificate_or_a_hosted_zone() -> None:
    rule = TEMPLATE["Rules"]["DomainHasCertificate"]

    assert rule["RuleCondition"] == TEMPLATE["Conditions"]["DomainGiven"]
    assert len(rule["Assertions"]) == 2
    assert all(each["AssertDescription"] for each in rule["Assertions"])
