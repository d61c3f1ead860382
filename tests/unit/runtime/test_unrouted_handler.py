"""What no route takes: API Gateway sends it to `$default`."""

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
def test_what_no_route_takes_is_told_what_is_wrong_with_it(
    simulation: Simulation, text: str, reply: dict[str, object]
) -> None:
    told = simulation.send(simulation.connect(), text)

    assert told is not None
    message = told.pop("message")
    assert told == {"type": "error"} | reply
    assert message


def test_a_connection_goes_on_after_any_number_of_them(simulation: Simulation) -> None:
    connection_id = simulation.connect()
    for text in ("dance", '{"type":"dance"}', "[]"):
        simulation.send(connection_id, text)

    ack = simulation.send(connection_id, '{"type":"heartbeat"}')

    assert ack is not None
    assert ack["type"] == "heartbeat_ack"


def test_half_a_character_is_no_reason_to_fail(simulation: Simulation) -> None:
    told = simulation.send(simulation.connect(), '{"type":"dance\ud800","requestId":"r-1"}')

    assert told is not None
    assert told["code"] == "bad_request"
