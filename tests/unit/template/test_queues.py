"""No message is lost, none is handled by two at once, and none holds up the others."""

from typing import Any

import pytest

from chat.actions.greet import OPENING_PAUSES_SECONDS
from chat.runtime.in_time import MARGIN_SECONDS
from testing.template import (
    FUNCTIONS,
    GLOBALS,
    PARAMETERS,
    TEMPLATE,
    referred,
    resources,
)

QUEUES = resources("AWS::SQS::Queue")
SOURCES: dict[str, Any] = {
    queue: source
    for function in FUNCTIONS.values()
    for queue, source in function.consumed_queues.items()
}
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
VISIBILITY_PER_TIMEOUT = 6
FEWEST_ATTEMPTS = 5
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
LONGEST_DELAY_SECONDS = 900
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-eventsourcemapping-scalingconfig.html
FEWEST_AT_ONCE = 2
LONGEST_RETENTION_SECONDS = 14 * 24 * 60 * 60

each_source = pytest.mark.parametrize("queue", SOURCES)


def dead_letters_of(queue: str) -> str:
    return referred(QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"])


def test_every_queue_is_consumed_or_takes_what_another_gave_up() -> None:
    assert QUEUES.keys() == SOURCES.keys() | {dead_letters_of(queue) for queue in SOURCES}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted(queue: str) -> None:
    assert QUEUES[queue]["SqsManagedSseEnabled"] is True


@each_source
def test_a_message_is_hidden_long_enough_to_be_handled_and_retried(queue: str) -> None:
    [consumer] = [each for each in FUNCTIONS.values() if queue in each.consumed_queues]

    hidden_seconds = QUEUES[queue]["VisibilityTimeout"]

    assert hidden_seconds >= VISIBILITY_PER_TIMEOUT * consumer.timeout_seconds


@each_source
def test_a_message_that_keeps_failing_is_kept_apart(queue: str) -> None:
    dead_letters = QUEUES[dead_letters_of(queue)]

    assert QUEUES[queue]["RedrivePolicy"]["maxReceiveCount"] >= FEWEST_ATTEMPTS
    assert dead_letters["MessageRetentionPeriod"] == LONGEST_RETENTION_SECONDS


def test_no_two_queues_share_their_dead_letters() -> None:
    assert len({dead_letters_of(queue) for queue in SOURCES}) == len(SOURCES)


@each_source
def test_of_a_batch_only_what_failed_is_tried_again(queue: str) -> None:
    assert SOURCES[queue]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_deadline_fits_the_longest_delay_of_a_message() -> None:
    assert PARAMETERS["AuthDeadlineSeconds"]["MaxValue"] == LONGEST_DELAY_SECONDS


def test_a_batch_of_greetings_that_all_wait_fits_the_timeout() -> None:
    longest_seconds = SOURCES["GreetQueue"]["BatchSize"] * sum(OPENING_PAUSES_SECONDS)

    assert longest_seconds < GLOBALS["Timeout"]


def test_a_greeting_that_is_begun_at_the_last_moment_may_still_wait() -> None:
    assert sum(OPENING_PAUSES_SECONDS) < MARGIN_SECONDS


def test_shards_are_pushed_side_by_side() -> None:
    assert SOURCES["FanoutQueue"]["BatchSize"] == 1


NOTHING = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("queue", "usually"),
    [
        ("GreetQueue", NOTHING),
        ("AuthDeadlineQueue", NOTHING),
        ("FanoutQueue", {"MaximumConcurrency": 10}),
    ],
)
def test_queues_leave_concurrency_to_the_others(queue: str, usually: dict[str, object]) -> None:
    condition, in_a_new_account, otherwise = SOURCES[queue]["ScalingConfig"]["Fn::If"]

    assert TEMPLATE["Conditions"][condition] == {"Fn::Equals": [{"Ref": "NewAccount"}, "true"]}
    # Of ten invocations at once, the three take six.
    assert in_a_new_account == {"MaximumConcurrency": FEWEST_AT_ONCE}
    assert otherwise == usually
