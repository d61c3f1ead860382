import json
from typing import Any

import pytest

from chat.actions.services import Services
from chat.runtime.handlers import queue_handler
from chat.runtime.replies import Answer
from tests.unit.runtime.conftest import Invocation, Lines


def event(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [{"messageId": f"m{place}", "body": body} for place, body in enumerate(bodies)]
    }


class Taking:
    """An action for tests: it fails for the number 13."""

    def __init__(self) -> None:
        self.taken: list[int] = []

    def __call__(self, number: int, services: Services) -> None:
        del services  # never called
        if number == 13:
            raise LookupError("thirteen is on fire")
        self.taken.append(number)


def handled(services: Services, action: Taking, *bodies: str) -> Answer:
    return queue_handler(int, action, lambda: services)(event(*bodies), Invocation())


def test_every_message_of_a_batch_is_handled(services: Services) -> None:
    action = Taking()

    answer = handled(services, action, "1", "2", "3")

    assert action.taken == [1, 2, 3]
    assert answer == {"batchItemFailures": []}


@pytest.mark.parametrize("wrong", ["13", "not a number", ""])
def test_only_failed_messages_are_retried(services: Services, wrong: str) -> None:
    action = Taking()

    answer = handled(services, action, "1", wrong, "3")

    assert action.taken == [1, 3]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_all_messages_are_retried_if_all_failed(services: Services) -> None:
    answer = handled(services, Taking(), "13", "13")

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}]}


def test_a_failed_message_is_logged_by_its_id(services: Services, logged: Lines) -> None:
    handled(services, Taking(), "1", "13")

    [line] = logged()
    assert (line["level"], line["message_id"]) == ("ERROR", "m1")
    assert line["reference"] == Invocation.aws_request_id
    assert "thirteen is on fire" in line["exception"]


def test_all_messages_are_retried_if_the_bootstrap_fails() -> None:
    def broken() -> Services:
        raise LookupError("AWS_REGION")

    answer = queue_handler(int, Taking(), broken)(event("1", "2"), Invocation())

    assert json.loads(json.dumps(answer)) == {
        "batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}]
    }


def test_message_is_retried_if_no_time_is_left(services: Services) -> None:
    action = Taking()
    context = Invocation()

    def slowly(number: int, services: Services) -> None:
        action(number, services)
        context.seconds_left -= 4

    answer = queue_handler(int, slowly, lambda: services)(event("1", "2", "3"), context)

    assert action.taken == [1, 2]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m2"}]}
