"""The blocks and plots of docs/a-million-connections.md."""

from collections.abc import Mapping, Sequence
from math import ceil, log10

from bench import svg_charts
from bench.crowd import limits
from bench.crowd.findings import Finding, most
from bench.crowd.hour import Asked
from bench.crowd.reconnection import Hiccup, Return
from bench.frame_costs.costs import FrameCosts
from bench.markdown_blocks import markdown_table

SPARE = 1.5
"""What is asked of AWS, beside what is needed."""
INVOCATIONS_A_FUNCTION = limits.INVOCATIONS.value / limits.FUNCTIONS_AT_ONCE.value
SHOWN_LINES = 5
FAR = 10_000_000
"""Beyond so many people, an estimate says nothing."""
POINTS = 60
type Returns = Mapping[str, tuple[Hiccup, Return]]


def limits_met(found: Sequence[Finding], people: int) -> str:
    """Say which limits a crowd meets, and at what size each is met."""
    rows = []
    for each in found:
        needed = each.asked[people]
        rows.append(
            [
                f"[{each.limit.name}]({each.limit.source})",
                f"{each.limit.value:,.0f}",
                _about(each.met_at),
                f"{needed:,.0f}",
                f"{needed / each.limit.value:.2f}",
            ]
        )
    header = ["a second", "limit", "met at, people", "a million ask", "of the limit"]
    return markdown_table(header, rows)


def quotas(found: Sequence[Finding], people: int) -> str:
    """List what to ask AWS for. Invocations follow from the functions at once."""
    needed = {each.limit: SPARE * each.asked[people] for each in found}
    invocations = needed.pop(limits.INVOCATIONS) / INVOCATIONS_A_FUNCTION
    at_once = limits.FUNCTIONS_AT_ONCE
    needed[at_once] = max(needed[at_once], invocations)
    rows = [
        [limit.name, f"{limit.value:,.0f}", f"{_rounded_up(asked):,.0f}"]
        for limit, asked in needed.items()
        if limit.can_be_raised and asked > limit.value
    ]
    return markdown_table(["a second", "default", "ask for"], rows)


def heartbeats(by_seconds: Mapping[int, Asked]) -> str:
    """Compare heartbeats for a million."""
    shown = [limits.STAGE_FRAMES, limits.GATEWAY_REQUESTS, limits.FUNCTIONS_AT_ONCE]
    shown += [limits.INVOCATIONS, limits.TABLE_READS]
    rows = [
        [limit.name, *(f"{most(asked[limit.name]):,.0f}" for asked in by_seconds.values())]
        for limit in shown
    ]
    header = ["a million ask, a second", *(f"heartbeat {each} s" for each in by_seconds)]
    return markdown_table(header, rows)


def hiccup(returns: Returns) -> str:
    rows = [
        [
            name,
            f"{found.half_seconds:,.0f}",
            f"{found.most_seconds:,.0f}",
            f"{found.all_seconds:,.0f}",
            f"{found.attempts:.1f}",
            f"{found.not_authenticated:.1f}",
        ]
        for name, (_, found) in returns.items()
    ]
    header = ["100,000 people", "half, s", "99 of 100, s", "all, s", "attempts", "unauthenticated"]
    return markdown_table(header, rows)


def units(costs: FrameCosts, histories: int, people: int) -> str:
    """Count what the return of a crowd takes of DynamoDB."""
    parts = {
        "losing the connection": (costs["$disconnect"][20], 1),
        "`$connect`": (costs["$connect"][1], 1),
        "the greeting": (costs["greet"][1], 1),
        "`authenticate`, 20 conversations": (costs["authenticate"][20], 1),
        f"`history`, {histories} times": (costs["history"][10], histories),
        "the deadline": (costs["auth_deadline"][1], 1),
    }
    rows = [
        [name, *_work(cost.requests, cost.read_units, cost.write_units, times)]
        for name, (cost, times) in parts.items()
    ]
    total = [
        sum(getattr(cost, unit) * times for cost, times in parts.values())
        for unit in ("requests", "read_units", "write_units")
    ]
    rows.append([f"{people:,} people", *(f"{each * people:,.0f}" for each in total)])
    return markdown_table(["of one person", "requests", "read units", "write units"], rows)


def by_size(found: Sequence[Finding]) -> str:
    lines = {
        _short_name(each): {
            float(size): asked / each.limit.value for size, asked in each.asked.items()
        }
        for each in found[:SHOWN_LINES]
    }
    return svg_charts.lines("Share of each limit, 1 is all of it", "connections", lines)


def by_minute(by_seconds: Mapping[int, Asked]) -> str:
    """Draw the most requests that a second of each minute asks of API Gateway."""
    lines = {}
    for seconds, asked in by_seconds.items():
        each = asked[limits.GATEWAY_REQUESTS.name]
        minutes = [max(each[at : at + 60]) for at in range(0, len(each), 60)]
        lines[f"heartbeat {seconds} s"] = {float(at): top for at, top in enumerate(minutes)}
    title = "A million: requests of API Gateway, the most in a second"
    return svg_charts.curves(title, "minute", lines)


def coming_back(returns: Returns) -> str:
    lines = {}
    for name, (_, found) in returns.items():
        step = len(found.back_at) // POINTS
        back = {0.0: 0.0}
        back |= {
            found.back_at[at]: float(at + 1) for at in range(step - 1, len(found.back_at), step)
        }
        lines[name] = back
    return svg_charts.curves("People who are back", "seconds after the hiccup", lines)


def _work(requests: float, reads: float, writes: float, times: int) -> list[str]:
    return [f"{each * times:g}" for each in (requests, reads, writes)]


def _short_name(found: Finding) -> str:
    return found.limit.name.partition(":")[2].strip().partition(",")[0] or "stage: frames in"


def _about(people: float) -> str:
    if people > FAR:
        return f"over {FAR:,}"
    digits = _digits(people)
    return f"{round(people / digits) * digits:,}"


def _rounded_up(value: float) -> int:
    digits = _digits(value)
    return ceil(value / digits) * digits


def _digits(value: float) -> int:
    """Give the value of the second digit, to which numbers are rounded."""
    return int(10 ** (int(log10(value)) - 1))
