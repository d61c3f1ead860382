"""Web Push costs nothing while it is off, and keeps no content of messages."""

from typing import Any

from chat.actions.notify import LONGEST_SECONDS, MAX_RECIPIENTS
from chat.push.web_push import REQUEST_SECONDS
from chat.runtime.in_time import MARGIN_SECONDS
from chat.storage.database import MAX_THREADS
from chat.storage.devices import MAX_DEVICES
from testing.template import FUNCTIONS, PARAMETERS, RESOURCES, TEMPLATE, grants

WANTED = "WebPushWanted"
NOTHING = {"Ref": "AWS::NoValue"}
NOTIFY = FUNCTIONS["NotifyFunction"]
STREAM: dict[str, Any] = RESOURCES["NotifyWokenByMessages"]


def test_web_push_is_off_unless_it_is_asked_for() -> None:
    assert PARAMETERS["WebPush"]["Default"] == "false"
    assert TEMPLATE["Conditions"][WANTED] == {"Fn::Equals": [{"Ref": "WebPush"}, "true"]}


def test_what_costs_money_while_idle_is_there_only_if_web_push_is_wanted() -> None:
    for name in ("WebPushSecret", "NotifyWokenByMessages", "NotifyStream"):
        assert RESOURCES[name]["Condition"] == WANTED
    source = NOTIFY.consumed_queues["NotifyQueue"]
    assert source["Enabled"] == {"Fn::If": [WANTED, True, False]}


def test_stream_has_no_content_of_messages() -> None:
    stream = RESOURCES["MessagesTable"]["Properties"]["StreamSpecification"]

    assert stream == {"Fn::If": ["MessageStreamWanted", {"StreamViewType": "KEYS_ONLY"}, NOTHING]}
    assert TEMPLATE["Conditions"]["MessageStreamWanted"] == {
        "Fn::Or": [{"Condition": "EventsWanted"}, {"Condition": WANTED}]
    }


def test_batch_of_the_stream_that_keeps_failing_is_given_up_for_an_operator() -> None:
    properties = STREAM["Properties"]
    destination = properties["DestinationConfig"]["OnFailure"]["Destination"]
    sent_to = [
        grant.target
        for grant in grants(RESOURCES["NotifyStream"]["Properties"]["PolicyDocument"])
        if grant.action == "sqs:SendMessage"
    ]

    assert destination == {"Fn::GetAtt": ["NotifyDeadLetterQueue", "Arn"]}
    assert sent_to == ["NotifyDeadLetterQueue"]
    assert properties["MaximumRetryAttempts"] == 5
    assert STREAM["DependsOn"] == "NotifyStream"


def test_function_begins_nothing_that_it_may_not_end() -> None:
    assert LONGEST_SECONDS > MAX_DEVICES * REQUEST_SECONDS
    assert NOTIFY.timeout_seconds > LONGEST_SECONDS + MARGIN_SECONDS
    # All members of one message of the queue are notified at the same time.
    assert MAX_RECIPIENTS <= MAX_THREADS


def test_web_push_requires_an_address_of_the_operator() -> None:
    rule = TEMPLATE["Rules"]["WebPushHasASubject"]
    [assertion] = rule["Assertions"]

    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "WebPush"}, "true"]}
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "VapidSubject"}, ""]}]}
