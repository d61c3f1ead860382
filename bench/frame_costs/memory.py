"""What a function's memory buys: how long a person waits, and what that costs."""

from collections.abc import Mapping
from math import ceil

from msgspec.structs import replace

from bench.cost.frames import MB_A_GB, Assumed, Counted, Function
from bench.cost.month import month
from bench.cost.prices import aws_prices, dollars
from bench.frame_costs.costs import Measured, at_memory, cold_ms, duration_ms
from bench.markdown_blocks import markdown_table

MEMORIES = (128, 256, 512, 1_024, 1_536, 1_769, 3_008)
ROOMS = (2, 10, 100, 1_000)
CROWD, HEARTBEAT_SECONDS = 1_000, 30
MILLION = 1e6


def waits(measured: Measured, function: Function) -> dict[str, float]:
    """Give by what a person waits for: ms, of a warm function."""
    frames = measured.frames
    messages = {f"a message to {room:,}": message_ms(room, measured, function) for room in ROOMS}
    return messages | {
        "history": duration_ms(frames["history"][10], function),
        "password": duration_ms(frames["authenticate by password"][0], function),
        "leaving 10,000": duration_ms(frames["leave_conversation"][10_000], function),
    }


def message_ms(room: int, measured: Measured, function: Function) -> float:
    """Estimate when the last connection of a room has a message, without the queue's own delay."""
    cost = measured.frames["chat_message"][room]
    own = duration_ms(cost, function)
    return own if cost.posts else own + duration_ms(measured.frames["fanout"][500], function)


def message_dollars(room: int, measured: Measured, function: Function) -> float:
    """Price the time of functions for a million messages to a room."""
    cost, shard = measured.frames["chat_message"][room], measured.frames["fanout"][500]
    shards = 0 if cost.posts else ceil(room / function.connections_a_shard)
    ms = duration_ms(cost, function) + shards * duration_ms(shard, function)
    gb_seconds = ms / 1e3 * function.memory_mb / MB_A_GB
    return aws_prices()["gb_seconds"].of(gb_seconds * MILLION)


def month_dollars(memory_mb: float, counted: Counted, assuming: Assumed) -> float:
    """Price a month of people who are online, all services included."""
    function = at_memory(memory_mb, assuming.function)
    return dollars(month(CROWD, HEARTBEAT_SECONDS, counted, replace(assuming, function=function)))


def page(measured: Measured, counted: Counted, assuming: Assumed) -> dict[str, str]:
    """Write the blocks of docs/performance.md."""
    function = assuming.function
    by_memory = {mb: at_memory(mb, function) for mb in MEMORIES}
    return {
        "memory": _waits_table(measured, by_memory, function.memory_mb),
        "memory, dollars": _dollars_table(measured, by_memory, counted, assuming),
    }


def chart(measured: Measured, assuming: Assumed) -> dict[str, dict[float, float]]:
    """Give the lines of the plot: ms by memory."""
    lines: dict[str, dict[float, float]] = {}
    for mb in MEMORIES:
        function = at_memory(mb, assuming.function)
        shown = waits(measured, function) | {"a cold start": cold_ms(measured.start, function)}
        for name in ("a message to 2", "history", "password", "a cold start"):
            lines.setdefault(name, {})[float(mb)] = shown[name]
    return lines


def figures(measured: Measured, assuming: Assumed) -> dict[str, float]:
    """Choose the figures for the last line of `make bench`."""
    function = assuming.function
    shown = waits(measured, function)
    return {
        "memory_mb": function.memory_mb,
        "message_to_10_ms": round(shown["a message to 10"], 1),
        "message_to_1000_ms": round(shown["a message to 1,000"], 1),
        "leaving_10000_ms": round(shown["leaving 10,000"], 1),
        "cold_start_adds_ms": round(cold_ms(measured.start, function), 1),
    }


def _waits_table(measured: Measured, by_memory: Mapping[int, Function], chosen: float) -> str:
    names = list(waits(measured, next(iter(by_memory.values()))))
    rows = []
    for mb, function in by_memory.items():
        cells = [*waits(measured, function).values(), cold_ms(measured.start, function)]
        rows.append(_row(mb, [f"{ms:,.0f}" for ms in cells], chosen))
    return markdown_table(["MB", *names, "a cold start adds"], rows)


def _dollars_table(
    measured: Measured, by_memory: Mapping[int, Function], counted: Counted, assuming: Assumed
) -> str:
    rows = []
    for mb, function in by_memory.items():
        everywhere = replace(function, background_memory_mb=mb)
        cells = [f"{message_dollars(room, measured, function):.2f}" for room in ROOMS]
        same = replace(assuming, function=everywhere)
        cells += [f"{month_dollars(mb, counted, each):.0f}" for each in (same, assuming)]
        rows.append(_row(mb, cells, assuming.function.memory_mb))
    others = f"a month, others at {assuming.function.background_memory_mb:.0f}"
    header = ["MB", *(f"{room:,}" for room in ROOMS), "a month, all functions", others]
    return markdown_table(header, rows)


def _row(mb: int, cells: list[str], chosen: float) -> list[str]:
    row = [f"{mb:,}", *cells]
    return [f"**{each}**" for each in row] if mb == chosen else row
