"""What a person waits at a memory, and what the memory costs."""

import pytest
from msgspec.structs import replace

from bench.charts import by_memory
from bench.cost.frames import BACKGROUND, assumed, counted
from bench.frame_costs import memory
from bench.frame_costs.costs import FrameCost, Start, at_memory, cold_ms, duration_ms, measured
from bench.markdown_blocks import replace_blocks
from testing.template import FUNCTIONS, PARAMETERS, REPOSITORY, referred

DOCS = REPOSITORY / "docs"
ASSUMED = assumed()
FUNCTION = replace(
    ASSUMED.function, whole_processor_mb=1_000, wait_ms_a_request=4, wait_ms_a_post=15
)
COST = FrameCost(cpu_ms=3, trips=2, requests=3, read_units=1, write_units=1, posts=9)


def test_cost_page_assumes_the_memory_of_the_template() -> None:
    in_background = {name.partition(" ")[0].title().replace("_", "") for name in BACKGROUND}
    sizes = {
        referred(FUNCTIONS[f"{name}Function"].properties["MemorySize"]) for name in in_background
    }

    assert PARAMETERS["MemorySize"]["Default"] == ASSUMED.function.memory_mb
    assert PARAMETERS["BackgroundMemorySize"]["Default"] == ASSUMED.function.background_memory_mb
    assert sizes == {"BackgroundMemorySize"}


def test_frame_takes_its_cpu_at_the_share_and_waits_for_requests_and_pushes() -> None:
    assert duration_ms(COST, at_memory(250, FUNCTION)) == 3 * 4 + 2 * 4 + 15


def test_more_memory_than_a_processor_saves_nothing() -> None:
    whole, double = (duration_ms(COST, at_memory(mb, FUNCTION)) for mb in (1_000, 2_000))

    assert whole == double == 3 + 2 * 4 + 15


def test_cold_start_has_a_whole_processor_until_the_first_frame() -> None:
    start = Start(ready=170, first_frame=20, next_frames=4)

    assert cold_ms(start, at_memory(250, FUNCTION)) == 170 + (20 - 4) * 4


@pytest.mark.parametrize("less", [128, 256, 512])
def test_default_memory_answers_a_message_sooner_than_less(less: int) -> None:
    less_ms = memory.waits(measured(), at_memory(less, ASSUMED.function))
    default_ms = memory.waits(measured(), ASSUMED.function)

    assert all(default_ms[what] < ms for what, ms in less_ms.items())


def test_default_memory_costs_a_crowd_hardly_more_than_the_least() -> None:
    least, default = (
        memory.month_dollars(mb, counted(), ASSUMED) for mb in (128, ASSUMED.function.memory_mb)
    )

    assert least < default < 1.01 * least


def test_owner_leaves_a_room_of_ten_thousand_within_three_seconds() -> None:
    cost = measured().frames["leave_conversation"][10_000]

    assert duration_ms(cost, ASSUMED.function) < 3_000
    assert cost.trips <= 11


def test_performance_page_shows_what_was_measured_last() -> None:
    page = (DOCS / "performance.md").read_text()
    chart = (DOCS / "images/performance-memory.svg").read_text()

    assert replace_blocks(page, memory.page(measured(), counted(), ASSUMED)) == page
    assert by_memory(measured()) == chart
