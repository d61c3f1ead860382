"""No message is lost, handled twice concurrently, or delays others."""

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


def test_every_queue_is_consumed_or_a_dead_letter_queue() -> None:
    assert QUEUES.keys() == SOURCES.keys() | {dead_letters_of(queue) for queue in SOURCES}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted(queue: str) -> None:
    assert QUEUES[queue]["SqsManagedSseEnabled"] is True


@each_source
def test_visibility_timeout_covers_handling_and_retries(queue: str) -> None:
    [consumer] = [each for each in FUNCTIONS.values() if queue in each.consumed_queues]

    hidden_seconds = QUEUES[queue]["VisibilityTimeout"]

    assert hidden_seconds >= VISIBILITY_PER_TIMEOUT * consumer.timeout_seconds


@each_source
def test_failing_message_goes_to_a_dead_letter_queue(queue: str) -> None:
    dead_letters = QUEUES[dead_letters_of(queue)]

    assert QUEUES[queue]["RedrivePolicy"]["maxReceiveCount"] >= FEWEST_ATTEMPTS
    assert dead_letters["MessageRetentionPeriod"] == LONGEST_RETENTION_SECONDS


def test_queues_do_not_share_dead_letter_queues() -> None:
    assert len({dead_letters_of(queue) for queue in SOURCES}) == len(SOURCES)


@each_source
def test_only_failed_messages_of_a_batch_are_retried(queue: str) -> None:
    assert SOURCES[queue]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("parameter", ["AuthDeadlineSeconds", "OfflineSeconds"])
def test_delay_of_a_message_fits_what_a_queue_can_delay(parameter: str) -> None:
    assert PARAMETERS[parameter]["MaxValue"] == LONGEST_DELAY_SECONDS


def test_a_batch_of_greetings_that_all_wait_fits_the_timeout() -> None:
    longest_seconds = SOURCES["GreetQueue"]["BatchSize"] * sum(OPENING_PAUSES_SECONDS)

    assert longest_seconds < GLOBALS["Timeout"]


def test_greeting_has_time_to_wait_at_the_end_of_a_batch() -> None:
    assert sum(OPENING_PAUSES_SECONDS) < MARGIN_SECONDS


def test_shards_are_handled_concurrently() -> None:
    assert SOURCES["FanoutQueue"]["BatchSize"] == 1


NOTHING = {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("queue", "usually"),
    [
        ("GreetQueue", NOTHING),
        ("AuthDeadlineQueue", NOTHING),
        ("FanoutQueue", {"MaximumConcurrency": 25}),
        ("NotifyQueue", {"MaximumConcurrency": 10}),
        ("PresenceQueue", {"MaximumConcurrency": 10}),
    ],
)
def test_queue_concurrency_is_limited(queue: str, usually: dict[str, object]) -> None:
    condition, in_a_new_account, otherwise = SOURCES[queue]["ScalingConfig"]["Fn::If"]

    assert TEMPLATE["Conditions"][condition] == {"Fn::Equals": [{"Ref": "NewAccount"}, "true"]}
    # Of ten invocations at once, the four take eight.
    assert in_a_new_account == {"MaximumConcurrency": FEWEST_AT_ONCE}
    assert otherwise == usually
