"""What an hour of a crowd asks of each limit, in worlds with known answers."""

from pathlib import Path
from statistics import fmean

import pytest
from msgspec.structs import replace

from bench.cost.frames import Assumed, assumed
from bench.crowd import limits, page
from bench.crowd.costs import Loads
from bench.crowd.findings import Finding, findings, most
from bench.crowd.hour import LIMITS, Asked, Hour
from bench.crowd.rooms import BIG
from bench.frame_costs.costs import duration_ms, measured
from testing.template import PARAMETERS

PAGE = Path(__file__).parents[4] / "docs/a-million-connections.md"
LIMIT = limits.Limit(name="a limit", value=100, source="https://example.com")


def hour(people: int = 1_000, heartbeat_seconds: float = 30, **person: float) -> Asked:
    """Simulate an hour of people who differ from the assumed ones."""
    usual = assumed()
    assuming = replace(usual, person=usual.person | person)
    return Hour(people, heartbeat_seconds, loads(assuming), assuming, seed=1).run()


def loads(assuming: Assumed) -> Loads:
    return Loads(measured(), assuming)


def mean(asked: Asked, limit: limits.Limit) -> float:
    return fmean(asked[limit.name])


def test_silent_people_send_heartbeats_alone() -> None:
    asked = hour(people=30_000, messages=0, connects=1e-9)

    cut = 30_000 / 3_600
    frames = 1_000 + cut * (1 + 3)
    assert mean(asked, limits.STAGE_FRAMES) == pytest.approx(frames, rel=0.01)
    # Two frames of the greeting are pushed to each who comes back.
    assert mean(asked, limits.GATEWAY_REQUESTS) == pytest.approx(frames + 2 * cut, rel=0.01)
    assert mean(asked, limits.PARTITION_READS) == 0


def test_connections_that_are_two_hours_old_are_cut_and_come_back() -> None:
    asked = hour(people=36_000, messages=0, connects=1e-9)

    assert mean(asked, limits.NEW_CONNECTIONS) == pytest.approx(10, rel=0.02)
    # Rows of twenty conversations: deleted, and written in a transaction.
    assert mean(asked, limits.TABLE_WRITES) == pytest.approx(10 * (20 + 2 * 20), rel=0.02)


def test_people_come_as_often_as_assumed() -> None:
    asked = hour(people=36_000, messages=0, connects=2)

    # Of those who came two hours ago, some have gone since.
    assert mean(asked, limits.NEW_CONNECTIONS) == pytest.approx(20 + 10 * 0.0183, rel=0.02)


def test_message_is_pushed_to_the_others_of_its_room() -> None:
    load = loads(assumed()).of("chat_message", 10)

    assert (load.pushes, load.invocations, load.roster_reads) == (9, 1, 1)
    cost = measured().frames["chat_message"][10]
    assert load.seconds == duration_ms(cost, assumed().function) / 1e3


def test_message_to_a_big_room_is_pushed_by_shards_that_read_the_roster_again() -> None:
    load = loads(assumed()).of("chat_message", 1_200)

    assert (load.pushes, load.invocations) == (1_199, 1 + 3)
    assert load.roster_reads == pytest.approx(2 * 1.2 * 43 + 3, abs=2)


@pytest.mark.parametrize("frame", ["typing", "read_receipt"])
def test_big_room_relays_neither_typing_nor_receipts(frame: str) -> None:
    assert loads(assumed()).of(frame, 500).pushes == 499
    assert loads(assumed()).of(frame, 501).pushes == 0


def test_functions_at_once_are_those_of_all_that_runs() -> None:
    asked = hour(people=30_000, messages=0, connects=1e-9)

    cut = 30_000 / 3_600
    times = loads(assumed())
    at_once = 1_000 * times.seconds("heartbeat", 10)
    for frame, room, number in (
        ("$disconnect", 20, 1),
        ("$connect", 1, 1),
        ("greet", 1, 1),
        ("authenticate", 20, 1),
        ("history", 10, 3),
        ("auth_deadline", 1, 1),
    ):
        at_once += cut * number * times.seconds(frame, room)
    assert mean(asked, limits.FUNCTIONS_AT_ONCE) == pytest.approx(at_once, rel=0.02)


def test_twice_the_people_ask_for_twice_as_much() -> None:
    one, two = hour(people=20_000), hour(people=40_000)

    for limit in (limits.STAGE_FRAMES, limits.NEW_CONNECTIONS, limits.TABLE_WRITES):
        assert mean(two, limit) == pytest.approx(2 * mean(one, limit), rel=0.03)


def test_same_seed_gives_the_same_hour() -> None:
    assert hour(people=2_000) == hour(people=2_000)


def test_limit_is_met_if_one_second_in_a_hundred_asks_for_more() -> None:
    assert most([*range(100), 1_000]) == 99


def test_size_at_which_a_limit_is_met_lies_between_the_simulated_sizes() -> None:
    linear = Finding(limit=LIMIT, asked={10: 1, 1_000: 100 * 2, 10_000: 2_000})
    proportional = Finding(limit=LIMIT, asked={10: 5, 1_000: 500})

    assert 10 < linear.met_at < 1_000
    assert proportional.met_at == pytest.approx(200)


def test_size_beyond_the_simulated_ones_is_proportional() -> None:
    assert Finding(limit=LIMIT, asked={10: 1, 100: 10}).met_at == pytest.approx(1_000)
    assert Finding(limit=LIMIT, asked={10: 200, 100: 2_000}).met_at == pytest.approx(5)


def test_limit_that_is_met_first_comes_first() -> None:
    found = findings(LIMITS, {each: hour(people=each) for each in (3_000, 10_000)})

    assert found[0].limit == limits.STAGE_FRAMES
    assert [each.met_at for each in found] == sorted(each.met_at for each in found)


def test_page_shows_what_the_return_of_a_crowd_takes() -> None:
    histories = int(assumed().person["histories_a_connect"])

    assert page.units(measured().frames, histories, 100_000) in PAGE.read_text()


def test_simulated_crowd_has_the_parameters_of_the_template() -> None:
    assert PARAMETERS["ThrottlingRateLimit"]["Default"] == limits.STAGE_FRAMES.value
    assert PARAMETERS["BigRoomConnections"]["Default"] == BIG
    assert PARAMETERS["InlinePushLimit"]["Default"] == BIG
