"""A domain of one's own: nothing of it without a name, and one path alone through it."""

import pytest

from testing.template import FUNCTIONS, PARAMETERS, RESOURCES, TEMPLATE
from tests.unit.template.test_parameters import is_sensible

PARTS = {name: each for name, each in RESOURCES.items() if name.startswith("Domain")}
# The page is served by them too, with a domain or without.
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
def test_nothing_of_a_domain_is_made_without_one(name: str) -> None:
    conditions = TEMPLATE["Conditions"]
    given = {"Fn::Not": [{"Fn::Equals": [{"Ref": "DomainName"}, ""]}]}

    condition = PARTS[name]["Condition"]

    assert conditions["DomainGiven"] == given
    assert (
        condition == "DomainGiven"
        or {"Condition": "DomainGiven"} in conditions[condition]["Fn::And"]
    )


@pytest.mark.parametrize("name", sorted(SHARED))
def test_cloudfront_is_there_for_a_domain_or_for_the_page(name: str) -> None:
    condition = PARTS[name]["Condition"]

    assert TEMPLATE["Conditions"][condition] == {
        "Fn::Or": [{"Condition": "DomainGiven"}, {"Condition": "WebPageWanted"}]
    }


def test_clients_use_the_path_of_the_guide() -> None:
    _, with_domain, _ = TEMPLATE["Outputs"]["WebSocketUrl"]["Value"]["Fn::If"]

    assert with_domain == {"Fn::Sub": "wss://${DomainName}/ws/chat"}


def test_that_path_becomes_the_stages_and_every_other_is_not_found() -> None:
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


def test_whatever_begins_as_the_websockets_path_does_is_the_apis() -> None:
    assert BEHAVIOUR["PathPattern"] == "/ws/*"
    assert BEHAVIOUR["TargetOriginId"] == ELSEWHERE["TargetOriginId"] == API["Id"] == "api"


def test_the_service_is_told_by_whom_a_connection_comes_as_nobody_else_can_tell_it() -> None:
    key = {"Fn::Sub": "{{resolve:secretsmanager:${DomainEdgeKey}}}"}
    code = RESOURCES["DomainPathFunction"]["Properties"]["FunctionCode"]["Fn::Sub"]

    (header,) = API["OriginCustomHeaders"]

    assert header == {"HeaderName": "x-parley-edge", "HeaderValue": key}
    assert "request.headers['x-parley-viewer'] = {value: event.viewer.ip}" in code
    assert FUNCTIONS["ConnectFunction"].variables["EDGE_KEY"] == {
        "Fn::If": ["DistributionWanted", key, {"Ref": "AWS::NoValue"}]
    }


def test_nothing_is_kept_and_nothing_but_the_host_is_held_back() -> None:
    assert BEHAVIOUR["CachePolicyId"] == CACHING_DISABLED
    assert BEHAVIOUR["OriginRequestPolicyId"] == ALL_BUT_THE_HOST


def test_nobody_comes_unencrypted() -> None:
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
def test_whoever_deploys_is_stopped_where_it_cannot_work(
    parameter: str, value: str, *, sensible: bool
) -> None:
    assert is_sensible(parameter, value) is sensible


def test_a_firewall_stands_before_cloudfront_where_it_is_given() -> None:
    rule = TEMPLATE["Rules"]["AFirewallStandsBeforeSomething"]

    condition, given, otherwise = DISTRIBUTION["WebACLId"]["Fn::If"]

    assert rule["RuleCondition"] == TEMPLATE["Conditions"][condition]
    assert given == {"Ref": "FirewallArn"}
    assert otherwise == {"Ref": "AWS::NoValue"}


def test_a_domain_has_a_certificate_or_what_it_takes_to_make_one() -> None:
    rule = TEMPLATE["Rules"]["DomainHasCertificate"]

    assert rule["RuleCondition"] == TEMPLATE["Conditions"]["DomainGiven"]
    assert len(rule["Assertions"]) == 2
    assert all(each["AssertDescription"] for each in rule["Assertions"])
