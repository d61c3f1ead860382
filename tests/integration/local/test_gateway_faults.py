"""Faults that a test orders."""

from collections.abc import Iterator

import pytest

from local.gateway.events import new_connection_id
from tests.integration.local.gateway_under_test import ChatClient, GatewayUnderTest, gateway_for
from tests.integration.local.scripted_aws import ScriptedAws


@pytest.fixture
def gateway(aws: ScriptedAws) -> Iterator[GatewayUnderTest]:
    with gateway_for(aws, "--faults") as opened:
        yield opened


def received_before(client: ChatClient, last: object) -> list[object]:
    return list(iter(client.receives, last))


@pytest.mark.parametrize("status", [410, 429, 500, 503])
def test_a_post_gets_the_ordered_answer_and_is_not_delivered(
    gateway: GatewayUnderTest, status: int
) -> None:
    alice = gateway.connects()
    gateway.faults.answer(status, alice.connection_id, times=1)

    answers = [gateway.pushes(alice.connection_id, data) for data in (b'"lost"', b'"last"')]

    assert answers == [status, 200]
    assert received_before(alice, "last") == []


def test_a_share_of_the_pushes_can_be_lost_although_they_are_answered_with_200(
    gateway: GatewayUnderTest,
) -> None:
    alice = gateway.connects()
    gateway.faults.answer("delivered", alice.connection_id, share=0.5)

    answers = {gateway.pushes(alice.connection_id, b"1") for _ in range(40)}
    gateway.faults.clear()
    gateway.pushes(alice.connection_id, b'"last"')

    assert answers == {200}
    assert 0 < len(received_before(alice, "last")) < 40


def test_a_post_can_be_left_without_an_answer(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()
    gateway.faults.answer("hang", alice.connection_id)

    with pytest.raises(TimeoutError):
        gateway.pushes(alice.connection_id, b"1", patience=0.1)


def test_a_fault_of_one_connection_does_not_affect_others(gateway: GatewayUnderTest) -> None:
    alice, bob = gateway.connects(), gateway.connects()

    gateway.faults.answer(500, alice.connection_id)

    assert gateway.pushes(bob.connection_id, b"1") == 200


def test_a_fault_without_a_connection_affects_all_connections(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    gateway.faults.answer(429)

    assert gateway.pushes(alice.connection_id, b"1") == 429


def test_a_connection_can_be_dropped_without_a_close_frame(
    aws: ScriptedAws, gateway: GatewayUnderTest
) -> None:
    alice = gateway.connects()

    gateway.faults.cut(alice.connection_id)

    assert alice.is_closed_with() == (1006, "")
    assert aws.next_event()["requestContext"]["disconnectStatusCode"] == 1006


def test_the_open_connections_are_listed(gateway: GatewayUnderTest) -> None:
    alice = gateway.connects()

    listed = gateway.faults.connections()

    assert [one["connectionId"] for one in listed] == [alice.connection_id]
    assert listed[0]["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "parley-test"}


def test_an_invalid_fault_is_rejected(gateway: GatewayUnderTest) -> None:
    answer = gateway.asks("POST", "/_faults", b'{"answer":"explode"}')

    assert answer.status == 400


def test_faults_can_be_ordered_only_if_the_gateway_allows_it(aws: ScriptedAws) -> None:
    with gateway_for(aws) as gateway:
        answer = gateway.asks("POST", "/_faults", b'{"answer":500}')

        assert answer.status == 404
        assert gateway.pushes(new_connection_id(), b"1") == 410
