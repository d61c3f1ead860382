"""Frames without a route, which API Gateway sends to `$default`."""

import pytest

from testing.simulation import Simulation


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ('{"type":"dance"}', {"code": "unknown_type"}),
        ('{"type":"dance","requestId":"r-1"}', {"code": "unknown_type", "requestId": "r-1"}),
        ('{"type":"$connect"}', {"code": "unknown_type"}),
        ('{"type":"Heartbeat"}', {"code": "unknown_type"}),
        ('{"type":""}', {"code": "unknown_type"}),
        ('{"data":{"type":"heartbeat"}}', {"code": "bad_request", "data": {"field": "type"}}),
        (
            '{"requestId":"r-1"}',
            {"code": "bad_request", "data": {"field": "type"}, "requestId": "r-1"},
        ),
        (
            '{"type":7,"requestId":"r-1"}',
            {"code": "bad_request", "data": {"field": "type"}, "requestId": "r-1"},
        ),
        ('{"type":["heartbeat"]}', {"code": "bad_request", "data": {"field": "type"}}),
        ('["heartbeat"]', {"code": "bad_request"}),
        ('"heartbeat"', {"code": "bad_request"}),
        ("heartbeat", {"code": "bad_request"}),
        ("", {"code": "bad_request"}),
        ("null", {"code": "bad_request"}),
        ("[" * 30_000, {"code": "bad_request"}),
        ('{"type":"heartbeat"', {"code": "bad_request"}),
    ],
    ids=lambda each: str(each)[:40],
)
def test_unrouted_frame_is_answered_with_its_error(
    simulation: Simulation, text: str, reply: dict[str, object]
) -> None:
    decoded = simulation.send(simulation.connect(), text)

    assert decoded is not None
    message = decoded.pop("message")
    assert decoded == {"type": "error"} | reply
    assert message


def test_connection_survives_any_number_of_unrouted_frames(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    for text in ("dance", '{"type":"dance"}', "[]"):
        simulation.send(connection_id, text)

    ack = simulation.send(connection_id, '{"type":"heartbeat"}')

    assert ack is not None
    assert ack["type"] == "heartbeat_ack"


def test_lone_surrogate_does_not_crash_the_handler(simulation: Simulation) -> None:
    decoded = simulation.send(simulation.connect(), '{"type":"dance\ud800","requestId":"r-1"}')

    assert decoded is not None
    assert decoded["code"] == "bad_request"
