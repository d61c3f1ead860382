"""Faults on order."""

from collections.abc import Iterator

import pytest

from local.gateway.identifiers import new_connection_id
from tests.integration.local.gateway_under_test import ChatClient, FrontUnderTest, front_before
from tests.integration.local.scripted_aws import ScriptedAws


@pytest.fixture
def front(aws: ScriptedAws) -> Iterator[FrontUnderTest]:
    with front_before(aws, "--faults") as opened:
        yield opened


def received_before(client: ChatClient, last: object) -> list[object]:
    return list(iter(client.receives, last))


@pytest.mark.parametrize("status", [410, 429, 500, 503])
def test_a_post_gets_the_ordered_answer_and_is_not_delivered(
    front: FrontUnderTest, status: int
) -> None:
    alice = front.connects()
    front.faults.answer(status, alice.connection_id, times=1)

    answers = [front.pushes(alice.connection_id, data) for data in (b'"lost"', b'"last"')]

    assert answers == [status, 200]
    assert received_before(alice, "last") == []


def test_a_share_of_the_pushes_can_be_lost_while_they_seem_delivered(
    front: FrontUnderTest,
) -> None:
    alice = front.connects()
    front.faults.answer("delivered", alice.connection_id, share=0.5)

    answers = {front.pushes(alice.connection_id, b"1") for _ in range(40)}
    front.faults.clear()
    front.pushes(alice.connection_id, b'"last"')

    assert answers == {200}
    assert 0 < len(received_before(alice, "last")) < 40


def test_a_post_can_be_left_without_an_answer(front: FrontUnderTest) -> None:
    alice = front.connects()
    front.faults.answer("hang", alice.connection_id)

    with pytest.raises(TimeoutError):
        front.pushes(alice.connection_id, b"1", patience=0.1)


def test_a_fault_of_one_connection_leaves_the_others_alone(front: FrontUnderTest) -> None:
    alice, bob = front.connects(), front.connects()

    front.faults.answer(500, alice.connection_id)

    assert front.pushes(bob.connection_id, b"1") == 200


def test_a_fault_without_a_connection_is_for_all(front: FrontUnderTest) -> None:
    alice = front.connects()

    front.faults.answer(429)

    assert front.pushes(alice.connection_id, b"1") == 429


def test_a_connection_can_be_cut_without_a_close_frame(
    aws: ScriptedAws, front: FrontUnderTest
) -> None:
    alice = front.connects()

    front.faults.cut(alice.connection_id)

    assert alice.is_closed_with() == (1006, "")
    assert aws.next_event()["requestContext"]["disconnectStatusCode"] == 1006


def test_the_connections_are_listed(front: FrontUnderTest) -> None:
    alice = front.connects()

    listed = front.faults.connections()

    assert [one["connectionId"] for one in listed] == [alice.connection_id]
    assert listed[0]["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "parley-test"}


def test_an_order_that_makes_no_sense_is_refused(front: FrontUnderTest) -> None:
    answer = front.asks("POST", "/_faults", b'{"answer":"explode"}')

    assert answer.status == 400


def test_faults_cannot_be_ordered_unless_allowed(aws: ScriptedAws) -> None:
    with front_before(aws) as front:
        answer = front.asks("POST", "/_faults", b'{"answer":500}')

        assert answer.status == 404
        assert front.pushes(new_connection_id(), b"1") == 410
