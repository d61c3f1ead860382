"""Events are optional, and cost nothing without a sink."""

import re

import pytest

from testing.template import PARAMETERS, RESOURCES, TEMPLATE, grants, referred, resources

CONDITIONS = TEMPLATE["Conditions"]
OF_EVENTS = {
    name
    for name, resource in RESOURCES.items()
    if resource.get("Condition")
    in {"EventsWanted", "EventBusGiven", "WebhookGiven", "EventAlarmsWanted"}
}
SOURCES = resources("AWS::Lambda::EventSourceMapping")
NOTHING = {"Ref": "AWS::NoValue"}


def actions(policy: str) -> set[tuple[str, str]]:
    document = RESOURCES[policy]["Properties"]["PolicyDocument"]
    return {(grant.action, grant.target) for grant in grants(document)}


def test_nothing_of_events_exists_without_a_sink() -> None:
    assert PARAMETERS["EventBus"]["Default"] == PARAMETERS["WebhookUrl"]["Default"] == ""
    assert CONDITIONS["EventsWanted"] == {
        "Fn::Or": [{"Condition": "EventBusGiven"}, {"Condition": "WebhookGiven"}]
    }
    assert {
        "RelaysTable",
        "RelayEventsFunction",
        "RelayEventsLog",
        "RelayEventsSweep",
        *SOURCES,
    } <= OF_EVENTS
    assert [name for name in RESOURCES if "RelayEvents" in name and name not in OF_EVENTS] == []
    assert RESOURCES["WebhookSecret"]["Condition"] == "WebhookGiven"


@pytest.mark.parametrize("table", ["MessagesTable", "ChangesTable"])
def test_tables_stream_their_keys_only_if_there_is_a_sink(table: str) -> None:
    stream = RESOURCES[table]["Properties"]["StreamSpecification"]

    assert stream == {"Fn::If": ["EventsWanted", {"StreamViewType": "KEYS_ONLY"}, NOTHING]}


def test_only_messages_and_changes_have_streams() -> None:
    streaming = {
        name
        for name, each in resources("AWS::DynamoDB::Table").items()
        if "StreamSpec" in str(each)
    }

    assert streaming == {"MessagesTable", "ChangesTable"}
    assert {source["EventSourceArn"]["Fn::GetAtt"][0] for source in SOURCES.values()} == streaming


@pytest.mark.parametrize("name", SOURCES)
def test_streams_report_what_failed_and_are_not_held_up_by_it(name: str) -> None:
    source = SOURCES[name]

    assert referred(source["FunctionName"]) == "RelayEventsFunction"
    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 0 < source["MaximumRetryAttempts"] < 10


def test_sweep_runs_every_minute() -> None:
    rule = RESOURCES["RelayEventsSweep"]["Properties"]

    assert rule["ScheduleExpression"] == "rate(1 minute)"
    assert [referred(target["Arn"]) for target in rule["Targets"]] == ["RelayEventsFunction"]


def test_relay_reads_the_secret_only_with_a_webhook_and_puts_events_only_with_a_bus() -> None:
    assert actions("RelayEventsToWebhook") == {("secretsmanager:GetSecretValue", "WebhookSecret")}
    assert RESOURCES["RelayEventsToWebhook"]["Condition"] == "WebhookGiven"
    ((action, bus),) = actions("RelayEventsToBus")
    assert action == "events:PutEvents"
    assert bus.endswith(":event-bus/${EventBus}")
    assert RESOURCES["RelayEventsToBus"]["Condition"] == "EventBusGiven"


@pytest.mark.parametrize(
    "url", ["", "https://consumer.example/hook?a=1", "http://127.0.0.1:9000/x", "http://localhost/"]
)
def test_address_of_a_webhook_is_https_or_of_the_same_machine(url: str) -> None:
    assert re.fullmatch(PARAMETERS["WebhookUrl"]["AllowedPattern"], url)


@pytest.mark.parametrize(
    "url",
    [
        "http://consumer.example/",
        "http://127.0.0.1.consumer.example/",
        "http://localhost@consumer.example/",
        "http://169.254.169.254/latest/meta-data",
        "ftp://consumer.example/",
        "consumer.example",
    ],
)
def test_no_other_address_of_a_webhook_can_be_deployed(url: str) -> None:
    assert not re.fullmatch(PARAMETERS["WebhookUrl"]["AllowedPattern"], url)


def test_webhook_may_be_plain_and_private_only_in_a_local_run() -> None:
    variables = RESOURCES["RelayEventsFunction"]["Properties"]["Environment"]["Variables"]

    assert variables["WEBHOOK_MAY_BE_LOCAL"] == {
        "Fn::If": ["ManagementEndpointGiven", "true", NOTHING]
    }
