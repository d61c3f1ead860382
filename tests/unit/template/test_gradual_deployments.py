"""A newer chat may come a few invocations at a time, and goes again when it does harm."""

import pytest

from testing.template import PARAMETERS, RESOURCES, TEMPLATE, grants, referred

ALIASES = [name for name, each in RESOURCES.items() if each["Type"] == "AWS::Lambda::Alias"]
GROUPS = [
    name for name, each in RESOURCES.items() if each["Type"] == "AWS::CodeDeploy::DeploymentGroup"
]
WATCHED = ["FramesFailAlarm", "RareFramesFailAlarm", "InternalErrorsAlarm"]

each_alias = pytest.mark.parametrize("alias", ALIASES)


def group_of(alias: str) -> str:
    # One level up: within it, an empty policy would be left, which CloudFormation refuses.
    condition, policy, otherwise = RESOURCES[alias]["UpdatePolicy"]["Fn::If"]
    assert (condition, otherwise) == ("GradualDeploymentWanted", {"Ref": "AWS::NoValue"})
    (gradual,) = policy.values()
    assert policy.keys() == {"CodeDeployLambdaAliasUpdate"}
    assert referred(gradual["ApplicationName"]) == "GradualDeployments"
    return referred(gradual["DeploymentGroupName"])


def test_by_default_all_of_it_comes_at_once() -> None:
    parts = {name for name, each in RESOURCES.items() if each["Type"].startswith("AWS::CodeDeploy")}

    conditions = {RESOURCES[name]["Condition"] for name in parts | {"GradualDeploymentsRole"}}

    assert PARAMETERS["GradualDeployment"]["Default"] == "AllAtOnce"
    assert conditions == {"GradualDeploymentWanted"}


def test_it_takes_versions_to_pass_between_and_alarms_to_watch() -> None:
    wanted = TEMPLATE["Conditions"]["GradualDeploymentWanted"]["Fn::And"]

    assert {"Condition": "SnapStartWanted"} in wanted
    assert {"Condition": "ObservabilityWanted"} in wanted


def test_each_alias_has_a_group_of_its_own() -> None:
    # One group takes one deployment at a time, and they all come together.
    assert sorted(map(group_of, ALIASES)) == sorted(GROUPS)


@each_alias
def test_invocations_pass_as_was_asked_and_go_back_when_an_alarm_rings(alias: str) -> None:
    group = RESOURCES[group_of(alias)]["Properties"]

    assert group["DeploymentConfigName"] == {
        "Fn::Sub": "CodeDeployDefault.Lambda${GradualDeployment}"
    }
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert group["AutoRollbackConfiguration"]["Enabled"] is True
    assert group["AlarmConfiguration"] == {
        "Enabled": True,
        "Alarms": [{"Name": {"Ref": name}} for name in WATCHED],
    }


def test_codedeploy_may_move_these_aliases_and_look_at_these_alarms() -> None:
    (policy,) = RESOURCES["GradualDeploymentsRole"]["Properties"]["Policies"]

    granted = {(each.action, each.target) for each in grants(policy["PolicyDocument"])}

    functions = [referred(RESOURCES[alias]["Properties"]["FunctionName"]) for alias in ALIASES]
    moving = ("lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig")
    assert granted == {("cloudwatch:DescribeAlarms", name) for name in WATCHED} | {
        (action, function) for action in moving for function in functions
    }
