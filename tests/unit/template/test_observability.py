"""Alarms watch the metrics of the code, and each is on the dashboard and in the runbook."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chat.push.post import Outcome
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
    """Name every metric of the code, including those of push outcomes."""
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
    """Read the dashboard with `x` in place of the deployment's values."""
    (properties,) = resources("AWS::CloudWatch::Dashboard").values()
    text, _ = properties["DashboardBody"]["Fn::Sub"]
    without_events = text.replace("${EventAlarms}", "")
    body: dict[str, Any] = json.loads(re.sub(r"\$\{[^}]+\}", "x", without_events))
    return body


def named_on_the_dashboard() -> set[str]:
    (properties,) = resources("AWS::CloudWatch::Dashboard").values()
    text, variables = properties["DashboardBody"]["Fn::Sub"]
    _, of_events, _ = variables["EventAlarms"]["Fn::If"]
    named = re.findall(r"\$\{([^}.]+)", text + of_events["Fn::Sub"])
    return {name for name in named if name not in variables}


@each_alarm
def test_alarm_description_states_the_effect_on_users(name: str) -> None:
    alarm = ALARMS[name]

    assert alarm["AlarmDescription"].endswith(".")
    assert alarm["AlarmName"]["Fn::Sub"].startswith("${AWS::StackName}-")


@each_alarm
def test_recovery_notifies_the_same_topic_as_the_alarm(name: str) -> None:
    alarm = ALARMS[name]

    assert alarm["AlarmActions"] == TOLD
    assert alarm["OKActions"] == TOLD


@each_alarm
def test_missing_data_raises_no_alarm(name: str) -> None:
    assert ALARMS[name]["TreatMissingData"] == "notBreaching"


@each_alarm
def test_watched_metric_is_emitted_by_the_named_function(name: str) -> None:
    for metric in watched(name):
        if metric["Namespace"] == OURS:
            (dimension,) = metric["Dimensions"]
            assert metric["MetricName"] in counted()
            assert dimension["Name"] == "service"
            assert dimension["Value"] in {each.folder.name for each in FUNCTIONS.values()}


@each_alarm
def test_alarm_has_exactly_one_returned_metric(name: str) -> None:
    lines = ALARMS[name].get("Metrics", [{}])

    assert [each.get("ReturnData", True) for each in lines].count(True) == 1


@each_alarm
def test_alarm_expression_uses_only_its_metrics(name: str) -> None:
    lines = {each["Id"]: each for each in ALARMS[name].get("Metrics", ())}

    for line in lines.values():
        expression = line.get("Expression", "")
        text = expression["Fn::Sub"] if isinstance(expression, dict) else expression
        if not text.startswith("SELECT"):
            named = set(re.findall(r"\b[a-z_]+\b", re.sub(r"\$\{[^}]+\}", "", text)))
            assert named <= lines.keys()


@each_alarm
def test_alarm_reads_no_more_metrics_than_allowed(name: str) -> None:
    assert len(list(watched(name))) <= MOST_METRICS_OF_AN_ALARM


@each_alarm
def test_rejected_origin_raises_no_alarm(name: str) -> None:
    # It counts 4xx answers too, and `$connect` rejects an origin with one.
    assert "IntegrationError" not in {metric["MetricName"] for metric in watched(name)}


@pytest.mark.parametrize(
    "name", [each for each in FUNCTIONS if not FUNCTIONS[each].consumed_queues]
)
def test_crashing_function_raises_an_alarm(name: str) -> None:
    # Functions behind queues are watched by their dead-letter queues.
    watched_errors = [
        metric["Dimensions"]
        for alarm in ALARMS
        for metric in watched(alarm)
        if metric["MetricName"] == "Errors"
    ]

    assert [{"Name": "FunctionName", "Value": {"Ref": name}}] in watched_errors


def test_functions_emit_metrics_in_the_watched_namespace() -> None:
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]

    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == OURS


@each_alarm
def test_every_alarm_is_explained_in_the_runbook(name: str) -> None:
    heading = ALARMS[name]["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")

    assert f"\n### `{heading}`\n" in (REPOSITORY / "docs/operations.md").read_text()


@each_alarm
def test_an_alarm_is_on_the_dashboard(name: str) -> None:
    assert name in named_on_the_dashboard()


def test_dashboard_names_only_existing_metrics() -> None:
    known = RESOURCES.keys() | PARAMETERS.keys() | {"AWS::Region", "AWS::StackName"}

    assert named_on_the_dashboard() <= known


def test_dashboard_widgets_do_not_overlap() -> None:
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


def test_alarms_and_dashboard_are_optional() -> None:
    kinds = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}

    conditions = {each["Condition"] for each in RESOURCES.values() if each["Type"] in kinds}

    assert conditions == {"ObservabilityWanted", "EventAlarmsWanted"}
    assert TEMPLATE["Conditions"]["EventAlarmsWanted"] == {
        "Fn::And": [{"Condition": "ObservabilityWanted"}, {"Condition": "EventsWanted"}]
    }
    assert TEMPLATE["Conditions"]["ObservabilityWanted"] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "Observability"}, "true"]},
            {"Fn::Not": [{"Condition": "ManagementEndpointGiven"}]},
        ]
    }


def test_alarm_topic_exists_only_with_an_address() -> None:
    assert RESOURCES["AlarmMail"]["Condition"] == "AlarmTopicWanted"
    assert PARAMETERS["AlarmEmail"]["Default"] == ""
    assert PARAMETERS["AlarmTopic"]["Default"] == ""
