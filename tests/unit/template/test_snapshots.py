"""Functions start from snapshots only if configured."""

import re

import pytest

from chat.runtime.routes import ROUTES
from testing.template import (
    GLOBALS,
    PARAMETERS,
    RESOURCES,
    TEMPLATE,
    referred,
    resources,
)

# Nobody waits for `$disconnect`, and unknown frames may take longer.
WAITED_FOR = {"connect"} | {route.function for route in ROUTES.values()}
BLOCKS = [name.title().replace("_", "") for name in sorted(WAITED_FOR)]
KEYS = {"$connect": "connect"} | {key: route.function for key, route in ROUTES.items()}
PERMISSIONS = {
    each["SourceArn"]["Fn::Sub"].rsplit("/", 1)[1]: each
    for each in resources("AWS::Lambda::Permission").values()
    if each["Principal"] == "apigateway.amazonaws.com"
}
KINDS = ("AWS::Lambda::Version", "AWS::Lambda::Alias")

each_block = pytest.mark.parametrize("block", BLOCKS)


def test_snapshots_are_off_by_default() -> None:
    made = {name: each for name, each in RESOURCES.items() if each["Type"] in KINDS}

    assert PARAMETERS["SnapStart"]["Default"] == "false"
    assert TEMPLATE["Conditions"]["SnapStartWanted"] == {
        "Fn::Equals": [{"Ref": "SnapStart"}, "true"]
    }
    assert {each["Condition"] for each in made.values()} == {"SnapStartWanted"}


def test_only_functions_that_users_wait_for_have_snapshots() -> None:
    versions = resources("AWS::Lambda::Version").values()

    assert {referred(each["FunctionName"]) for each in versions} == {
        f"{block}Function" for block in BLOCKS
    }


def test_each_release_makes_new_snapshots() -> None:
    descriptions = [each["Description"] for each in resources("AWS::Lambda::Version").values()]

    # Lambda publishes no version of a function that has not changed: its environment does.
    variables_of = GLOBALS["Environment"]["Variables"]["RELEASE"]

    assert descriptions == [{"Ref": "Release"}] * len(BLOCKS)
    assert variables_of == {
        "Fn::If": ["SnapStartWanted", {"Ref": "Release"}, {"Ref": "AWS::NoValue"}]
    }


def test_there_are_no_snapshots_without_a_release() -> None:
    rule = TEMPLATE["Rules"]["SnapshotsHaveARelease"]

    (assertion,) = rule["Assertions"]

    assert rule["RuleCondition"] == TEMPLATE["Conditions"]["SnapStartWanted"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "Release"}, ""]}]}


@each_block
def test_the_gateway_calls_the_version_that_has_a_snapshot(block: str) -> None:
    alias = RESOURCES[f"{block}Alias"]["Properties"]

    uri = RESOURCES[f"{block}Integration"]["Properties"]["IntegrationUri"]["Fn::If"]

    assert alias["FunctionVersion"] == {"Fn::GetAtt": [f"{block}Version", "Version"]}
    assert alias["FunctionName"] == {"Ref": f"{block}Function"}
    assert [re.findall(r"functions/\$\{(.*)\}/", each["Fn::Sub"]) for each in uri[1:]] == [
        [f"{block}Alias"],
        [f"{block}Function.Arn"],
    ]


@pytest.mark.parametrize(("key", "function"), KEYS.items(), ids=KEYS)
def test_the_gateway_may_call_the_version_that_has_a_snapshot(key: str, function: str) -> None:
    condition, *called = PERMISSIONS[key]["FunctionName"]["Fn::If"]

    block = function.title().replace("_", "")
    assert condition == "SnapStartWanted"
    assert [referred(each) for each in called] == [f"{block}Alias", f"{block}Function"]


def test_functions_have_snapshots_made_of_published_versions_alone() -> None:
    assert GLOBALS["SnapStart"] == {
        "ApplyOn": {"Fn::If": ["SnapStartWanted", "PublishedVersions", "None"]}
    }
