"""Functions start from snapshots where somebody asks for it, and only then."""

import re

import pytest

from testing.template import (
    GLOBALS,
    PARAMETERS,
    RESOURCES,
    TEMPLATE,
    referred,
    resources,
)

ROUTES = {route["RouteKey"] for route in resources("AWS::ApiGatewayV2::Route").values()}
# Whoever left waits for nothing, and what is no frame of the protocol may take its time.
NOBODY_WAITS_FOR = {"$disconnect", "$default"}
BLOCKS = [
    key.removeprefix("$").title().replace("_", "") for key in sorted(ROUTES - NOBODY_WAITS_FOR)
]
KINDS = ("AWS::Lambda::Version", "AWS::Lambda::Alias")

each_block = pytest.mark.parametrize("block", BLOCKS)


def test_a_deployment_that_says_nothing_makes_no_snapshots() -> None:
    made = {name: each for name, each in RESOURCES.items() if each["Type"] in KINDS}

    assert PARAMETERS["SnapStart"]["Default"] == "false"
    assert TEMPLATE["Conditions"]["SnapStartWanted"] == {
        "Fn::Equals": [{"Ref": "SnapStart"}, "true"]
    }
    assert {each["Condition"] for each in made.values()} == {"SnapStartWanted"}


def test_what_a_person_waits_for_can_start_from_a_snapshot_and_nothing_else() -> None:
    versions = resources("AWS::Lambda::Version").values()

    assert {referred(each["FunctionName"]) for each in versions} == {
        f"{block}Function" for block in BLOCKS
    }


def test_another_release_makes_other_snapshots() -> None:
    descriptions = [each["Description"] for each in resources("AWS::Lambda::Version").values()]

    # Lambda publishes no version of a function that has not changed: its environment does.
    told = GLOBALS["Environment"]["Variables"]["RELEASE"]

    assert descriptions == [{"Ref": "Release"}] * len(BLOCKS)
    assert told == {"Fn::If": ["SnapStartWanted", {"Ref": "Release"}, {"Ref": "AWS::NoValue"}]}


def test_there_are_no_snapshots_without_a_release() -> None:
    rule = TEMPLATE["Rules"]["SnapshotsHaveARelease"]

    (assertion,) = rule["Assertions"]

    assert rule["RuleCondition"] == TEMPLATE["Conditions"]["SnapStartWanted"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Release"}, ""]}]}


@each_block
def test_the_gateway_calls_the_version_that_has_a_snapshot(block: str) -> None:
    alias = RESOURCES[f"{block}Alias"]["Properties"]

    uri = RESOURCES[f"{block}Integration"]["Properties"]["IntegrationUri"]["Fn::If"]
    permitted = RESOURCES[f"{block}Permission"]["Properties"]["FunctionName"]["Fn::If"]

    assert alias["FunctionVersion"] == {"Fn::GetAtt": [f"{block}Version", "Version"]}
    assert alias["FunctionName"] == {"Ref": f"{block}Function"}
    assert [re.findall(r"functions/\$\{(.*)\}/", each["Fn::Sub"]) for each in uri[1:]] == [
        [f"{block}Alias"],
        [f"{block}Function.Arn"],
    ]
    assert [referred(each) for each in permitted[1:]] == [f"{block}Alias", f"{block}Function"]


def test_functions_have_snapshots_made_of_published_versions_alone() -> None:
    assert GLOBALS["SnapStart"] == {
        "ApplyOn": {"Fn::If": ["SnapStartWanted", "PublishedVersions", "None"]}
    }
