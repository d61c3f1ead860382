"""The usage of a frame follows from the counted requests and the size of its conversation."""

import pytest
from msgspec.structs import replace

from bench.cost.counting import count
from bench.cost.frames import assumed, counted, duration_ms, frame
from bench.cost.prices import dollars
from bench.growth import Work

ASSUMED = assumed()
MILLION = 1e6


@pytest.fixture(scope="module")
def fresh() -> dict[str, dict[int, Work]]:
    return count([2, 10, 100])


@pytest.mark.parametrize("room", [2, 10, 100])
@pytest.mark.parametrize("name", [name for name in counted() if name != "authenticate"])
def test_priced_usage_equals_that_of_the_handlers(
    name: str, room: int, fresh: dict[str, dict[int, Work]]
) -> None:
    assert counted()[name][room] == fresh[name][room]


def test_price_of_authenticating_covers_its_requests(fresh: dict[str, dict[int, Work]]) -> None:
    assert counted()["authenticate"] == fresh["authenticate"]


def test_frame_is_billed_as_a_request_a_reply_and_pushes() -> None:
    usage = frame(counted()["chat_message"][10], 10, replied=True, assuming=ASSUMED)

    assert usage.messages == 1 + 1 + 9
    assert (usage.read_units, usage.write_units, usage.invocations) == (2, 5, 1)


def test_frame_without_a_reply_is_billed_an_empty_reply() -> None:
    usage = frame(Work(1, 1, 0), 10, replied=False, assuming=ASSUMED)

    assert (usage.messages, usage.sent_gb) == (1 + 1, 0)


def test_queued_pushes_of_a_big_conversation_are_billed() -> None:
    usage = frame(counted()["chat_message"][1_000], 1_000, replied=True, assuming=ASSUMED)

    assert usage.messages == 1_001
    assert usage.invocations == 1 + 2
    assert usage.queue_requests == 2 * 3
    assert usage.read_units == 2 * counted()["chat_message"][1_000].read_units + 2


def test_duration_covers_processor_share_and_waiting() -> None:
    half = ASSUMED.function.whole_processor_mb / 2
    function = type(ASSUMED.function)(
        memory_mb=half,
        background_memory_mb=half,
        whole_processor_mb=ASSUMED.function.whole_processor_mb,
        cpu_ms_a_request=1,
        cpu_ms_an_invocation=1,
        cpu_ms_a_connection=0,
        wait_ms_a_request=4,
        wait_ms_a_post=15,
        connections_a_shard=500,
        traces_an_invocation=0,
    )

    assert duration_ms(3, 0, 0, function) == (1 + 3) * 2 + 3 * 4
    # The engine opens a socket for each of so few posts, and 128 for so many.
    assert duration_ms(0, 16, 16, function) == 1 * 2 + 15
    assert duration_ms(0, 1_280, 1_280, function) == 1 * 2 + 10 * 15


def test_more_than_a_whole_processor_makes_no_thread_quicker() -> None:
    whole = replace(ASSUMED.function, memory_mb=ASSUMED.function.whole_processor_mb)
    double = replace(whole, memory_mb=2 * whole.memory_mb)

    assert duration_ms(3, 0, 0, double) == duration_ms(3, 0, 0, whole)


def test_larger_conversation_costs_more_in_total_and_less_per_push() -> None:
    rooms = counted()["chat_message"]
    prices = {
        room: dollars(frame(work, room, replied=True, assuming=ASSUMED) * MILLION)
        for room, work in rooms.items()
    }

    pushes = [price / (room - 1) for room, price in prices.items()]

    assert list(prices.values()) == sorted(prices.values())
    assert pushes == sorted(pushes, reverse=True)
