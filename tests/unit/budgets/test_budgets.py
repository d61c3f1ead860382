"""The budget of each frame: round trips before the first push, and capacity units."""

import pytest

from testing.group import create_group
from testing.item_size import item_size
from testing.simulation import Simulation
from testing.stored import find_stored
from tests.unit.budgets.conftest import Measures
from tests.unit.budgets.measurement import CONTENT


@pytest.mark.parametrize(
    ("frame", "trips", "write_units", "read_units"),
    [
        ("`chat_message`", 3, 5, 2),
        ("`chat_message` sent again", 2, 0, 3),
        ("`chat_message` without `clientMessageId`", 3, 2, 1),
        ("`chat_message`, counted", 3, 6, 2),
        ("`chat_message` of the owner's backend", 4, 5, 4),
        ("`edit_message`", 3, 5, 1),
        ("`delete_message`", 3, 5, 1),
        ("`react`", 5, 6, 2),
        ("`chat_message` with a mention", 4, 2, 2),
        ("`history`, the newest", 3, 1, 4),
        ("`history` after a number", 3, 1, 4),
        ("`search`, one message found", 4, 1, 4),
        ("`search`, none found", 3, 1, 3),
        ("`typing`", 1, 0, 1),
        ("`typing`, counted", 1, 1, 1),
        ("`typing`, counted and over the limit", 2, 2, 1),
        ("`typing`, throttled", 1, 0, 1),
        ("`read_receipt`", 2, 1, 2),
        ("`read_receipt`, counted", 2, 2, 2),
        ("`heartbeat`", 0, 0, 0),
        ("`heartbeat` with positions, nothing new", 1, 0, 2),
        ("`heartbeat` with positions and inbox, nothing new", 2, 0, 3),
        ("`set_title`", 4, 8, 3),
        ("`set_title` of the title that it has", 2, 1, 3),
        ("`pin_message`", 4, 10, 3),
        ("`unpin_message`", 4, 8, 3),
        ("`set_role`, a moderator", 6, 8, 5),
        ("`set_role`, another owner", 6, 10, 5),
        ("`chat_message` beside a muted member", 3, 2, 1),
        ("`chat_message` of a muted member", 1, 0, 1),
        ("`chat_message` in slow mode", 4, 3, 1),
        ("`chat_message` too early in slow mode", 3, 1, 2),
        ("`mute_member`", 6, 10, 5),
        ("`set_slow_mode`", 4, 10, 3),
        ("`ban_member`", 7, 19, 7),
        ("`unban_member`", 6, 10, 5),
        ("`report_message`", 3, 2, 2),
        ("`$connect`", 1, 1, 0),
        ("`$disconnect`", 5, 3, 3),
        ("`authenticate` with a token", 5, 9, 5),
        ("`watch_presence`, two users", 7, 4, 7),
        ("a look at a user who has come, one watcher", 5, 2, 5),
        ("a look without news", 1, 0, 2),
    ],
)
def test_frame_stays_within_its_budget(
    alone: Measures, frame: str, trips: int, write_units: int, read_units: int
) -> None:
    cost = alone[frame].cost

    assert cost == (trips, read_units, write_units)


def test_heartbeat_takes_a_second_round_trip_only_with_news(alone: Measures) -> None:
    cost = alone["`heartbeat` with positions, something new"].cost

    assert cost == (2, 3, 0)


def test_costs_do_not_grow_with_ten_thousand_other_users(
    alone: Measures, in_a_crowd: Measures
) -> None:
    assert in_a_crowd == alone


def test_no_table_is_scanned(in_a_crowd: Measures) -> None:
    asked = {operation for each in in_a_crowd.values() for operation in each.operations}

    assert "Scan" not in asked


def test_the_measured_message_is_as_long_as_one_unit_takes(simulation: Simulation) -> None:
    room = create_group(simulation)
    sent = room.says(room.hers, CONTENT, key="1")()["data"]
    key = {"conversation_id": {"S": room.conversation}, "seq": {"N": str(sent["seq"])}}

    size = item_size(find_stored("MessagesTable", key))

    assert 960 < size <= 1024
