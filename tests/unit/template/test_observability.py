"""What is watched is what the code counts, and every alarm is seen, told and explained."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chat.push.outcome import Outcome
from testing.template import (
    FUNCTIONS,
    PARAMETERS,
    REPOSITORY,
    RESOURCES,
    TEMPLATE,
    resources,
)

ALARMS = resources("AWS::CloudWatch::Alarm")
OURS = {"Fn::Sub": "Parley/${AWS::StackName}"}
BY_MAIL = {"Fn::If": ["AlarmTopicWanted", [{"Ref": "AlarmMail"}], {"Ref": "AWS::NoValue"}]}
TOLD = {"Fn::If": ["AlarmTopicGiven", [{"Ref": "AlarmTopic"}], BY_MAIL]}
WIDTH = 24
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html
MOST_METRICS_OF_AN_ALARM = 10

each_alarm = pytest.mark.parametrize("name", ALARMS)


def counted() -> set[str]:
    """Name every count of the code, of which the outcomes of pushes make theirs."""
    sources = (path.read_text() for path in REPOSITORY.glob("layers/chat/chat/**/*.py"))
    names = {name for text in sources for name in re.findall(r'add_metric\("(\w+)"', text)}
    return names | {f"Push{outcome.name.title()}" for outcome in Outcome}


def watched(name: str) -> Iterator[dict[str, Any]]:
    """Give each metric that an alarm reads."""
    alarm = ALARMS[name]
    if "MetricName" in alarm:
        yield alarm
    for each in alarm.get("Metrics", ()):
        if "MetricStat" in each:
            yield each["MetricStat"]["Metric"]


def dashboard() -> dict[str, Any]:
    """Read the dashboard with `x` in place of whatever the deployment puts there."""
    (properties,) = resources("AWS::CloudWatch::Dashboard").values()
    text, _ = properties["DashboardBody"]["Fn::Sub"]
    body: dict[str, Any] = json.loads(re.sub(r"\$\{[^}]+\}", "x", text))
    return body


def named_on_the_dashboard() -> set[str]:
    (properties,) = resources("AWS::CloudWatch::Dashboard").values()
    text, variables = properties["DashboardBody"]["Fn::Sub"]
    return {name for name in re.findall(r"\$\{([^}.]+)", text) if name not in variables}


@each_alarm
def test_an_alarm_says_what_people_feel(name: str) -> None:
    alarm = ALARMS[name]

    assert alarm["AlarmDescription"].endswith(".")
    assert alarm["AlarmName"]["Fn::Sub"].startswith("${AWS::StackName}-")


@each_alarm
def test_the_end_of_trouble_is_told_to_whom_its_beginning_was(name: str) -> None:
    alarm = ALARMS[name]

    assert alarm["AlarmActions"] == TOLD
    assert alarm["OKActions"] == TOLD


@each_alarm
def test_silence_is_no_trouble(name: str) -> None:
    assert ALARMS[name]["TreatMissingData"] == "notBreaching"


@each_alarm
def test_a_watched_count_is_one_that_the_named_function_makes(name: str) -> None:
    for metric in watched(name):
        if metric["Namespace"] == OURS:
            (dimension,) = metric["Dimensions"]
            assert metric["MetricName"] in counted()
            assert dimension["Name"] == "service"
            assert dimension["Value"] in {each.folder.name for each in FUNCTIONS.values()}


@each_alarm
def test_exactly_one_line_of_an_alarm_decides(name: str) -> None:
    lines = ALARMS[name].get("Metrics", [{}])

    assert [each.get("ReturnData", True) for each in lines].count(True) == 1


@each_alarm
def test_whatever_an_alarm_computes_with_it_reads(name: str) -> None:
    lines = {each["Id"]: each for each in ALARMS[name].get("Metrics", ())}

    for line in lines.values():
        expression = line.get("Expression", "")
        text = expression["Fn::Sub"] if isinstance(expression, dict) else expression
        if not text.startswith("SELECT"):
            named = set(re.findall(r"\b[a-z_]+\b", re.sub(r"\$\{[^}]+\}", "", text)))
            assert named <= lines.keys()


@each_alarm
def test_an_alarm_reads_no_more_metrics_than_it_may(name: str) -> None:
    assert len(list(watched(name))) <= MOST_METRICS_OF_AN_ALARM


@each_alarm
def test_a_refused_origin_is_no_failure(name: str) -> None:
    # It counts answers of 4xx as well, and `$connect` refuses an origin by one.
    assert "IntegrationError" not in {metric["MetricName"] for metric in watched(name)}


@pytest.mark.parametrize(
    "name", [each for each in FUNCTIONS if not FUNCTIONS[each].consumed_queues]
)
def test_a_function_that_crashes_is_noticed(name: str) -> None:
    # Those behind queues are noticed by what they give up.
    watched_errors = [
        metric["Dimensions"]
        for alarm in ALARMS
        for metric in watched(alarm)
        if metric["MetricName"] == "Errors"
    ]

    assert [{"Name": "FunctionName", "Value": {"Ref": name}}] in watched_errors


def test_functions_count_under_the_name_that_is_watched() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]

    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == OURS


@each_alarm
def test_an_operator_reads_what_to_do_about_an_alarm(name: str) -> None:
    heading = ALARMS[name]["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")

    assert f"\n### `{heading}`\n" in (REPOSITORY / "docs/operations.md").read_text()


@each_alarm
def test_an_alarm_is_on_the_dashboard(name: str) -> None:
    assert name in named_on_the_dashboard()


def test_the_dashboard_names_only_what_there_is() -> None:
    known = RESOURCES.keys() | PARAMETERS.keys() | {"AWS::Region", "AWS::StackName"}

    assert named_on_the_dashboard() <= known


def test_nothing_on_the_dashboard_lies_upon_another() -> None:
    taken: set[tuple[int, int]] = set()

    for widget in dashboard()["widgets"]:
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < WIDTH
        taken |= cells


def test_the_dashboard_shows_every_count() -> None:
    shown = json.dumps(dashboard())

    assert [name for name in counted() if name not in shown] == []


def test_all_of_it_can_be_left_out_and_is_where_there_are_no_metrics() -> None:
    kinds = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}

    conditions = {each["Condition"] for each in RESOURCES.values() if each["Type"] in kinds}

    assert conditions == {"ObservabilityWanted"}
    assert TEMPLATE["Conditions"]["ObservabilityWanted"] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "Observability"}, "true"]},
            {"Fn::Not": [{"Condition": "ManagementEndpointGiven"}]},
        ]
    }


def test_a_topic_is_made_for_an_address_alone() -> None:
    assert RESOURCES["AlarmMail"]["Condition"] == "AlarmTopicWanted"
    assert PARAMETERS["AlarmEmail"]["Default"] == ""
    assert PARAMETERS["AlarmTopic"]["Default"] == ""
