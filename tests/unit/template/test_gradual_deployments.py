"""A new version can take over gradually, and is rolled back on an alarm."""

import pytest

from testing.template import PARAMETERS, RESOURCES, TEMPLATE, grants, referred

ALIASES = [name for name, each in RESOURCES.items() if each["Type"] == "AWS::Lambda::Alias"]
GROUPS = [
    name for name, each in RESOURCES.items() if each["Type"] == "AWS::CodeDeploy::DeploymentGroup"
]
WATCHED = [
    "FramesFailAlarm",
    "RareFramesFailAlarm",
    "ConversationFramesFailAlarm",
    "InternalErrorsAlarm",
]

each_alias = pytest.mark.parametrize("alias", ALIASES)


def group_of(alias: str) -> str:
    # One level up: otherwise an empty policy would remain, which CloudFormation rejects.
    condition, policy, otherwise = RESOURCES[alias]["UpdatePolicy"]["Fn::If"]
    assert (condition, otherwise) == ("GradualDeploymentWanted", {"Ref": "AWS::NoValue"})
    (gradual,) = policy.values()
    assert policy.keys() == {"CodeDeployLambdaAliasUpdate"}
    assert referred(gradual["ApplicationName"]) == "GradualDeployments"
    return referred(gradual["DeploymentGroupName"])


def role_of(alias: str) -> str:
    return referred(RESOURCES[group_of(alias)]["Properties"]["ServiceRoleArn"])


def test_deployment_is_all_at_once_by_default() -> None:
    parts = {name for name, each in RESOURCES.items() if each["Type"].startswith("AWS::CodeDeploy")}
    roles = set(map(role_of, ALIASES))

    conditions = {RESOURCES[name]["Condition"] for name in parts | roles}

    assert PARAMETERS["GradualDeployment"]["Default"] == "AllAtOnce"
    assert conditions == {"GradualDeploymentWanted"}


def test_gradual_deployment_requires_versions_and_alarms() -> None:
    wanted = TEMPLATE["Conditions"]["GradualDeploymentWanted"]["Fn::And"]

    assert {"Condition": "SnapStartWanted"} in wanted
    assert {"Condition": "ObservabilityWanted"} in wanted


def test_each_alias_has_its_own_deployment_group() -> None:
    # A group runs one deployment at a time, and all functions deploy together.
    assert sorted(map(group_of, ALIASES)) == sorted(GROUPS)


@each_alias
def test_gradual_deployment_follows_the_setting_and_rolls_back_on_alarm(alias: str) -> None:
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


@each_alias
def test_codedeploy_may_move_this_alias_and_look_at_the_alarms(alias: str) -> None:
    (policy,) = RESOURCES[role_of(alias)]["Properties"]["Policies"]

    granted = {(each.action, each.target) for each in grants(policy["PolicyDocument"])}

    function = referred(RESOURCES[alias]["Properties"]["FunctionName"])
    moving = ("lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig")
    watching = {("cloudwatch:DescribeAlarms", name) for name in WATCHED}
    assert granted == watching | {(action, function) for action in moving}


@each_alias
def test_the_role_that_moves_an_alias_is_assumed_by_codedeploy_alone(alias: str) -> None:
    trust = RESOURCES[role_of(alias)]["Properties"]["AssumeRolePolicyDocument"]

    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Service": "codedeploy.amazonaws.com"}
