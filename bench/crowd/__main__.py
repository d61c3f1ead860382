"""Simulate a crowd, and write docs/a-million-connections.md and its plots.

`python -m bench.crowd`: a minute. The last line is JSON: at how many people each limit is met, and
in how many seconds 99 of 100 people are back.
"""

import json
import sys
from pathlib import Path

from bench.cost.frames import assumed
from bench.crowd import page
from bench.crowd.costs import Loads
from bench.crowd.findings import Finding, findings
from bench.crowd.hour import LIMITS, Asked, Hour
from bench.crowd.reconnection import Hiccup, come_back
from bench.frame_costs.costs import measured
from bench.markdown_blocks import replace_blocks

DOCS = Path(__file__).parents[2] / "docs"
MILLION = 1_000_000
SIZES = (10_000, 30_000, 100_000, 300_000, MILLION)
HEARTBEATS = (30, 300)
SEED = 20
HICCUPS = {
    "a new table": Hiccup(),
    "20,000 units a second": Hiccup(roster_units_a_second=20_000),
    "20,000, pauses to 120 s": Hiccup(roster_units_a_second=20_000, backoff_cap_seconds=120),
    "40,000, 1,000 opened/s": Hiccup(roster_units_a_second=40_000, connections_a_second=1_000),
}


def main() -> None:
    hours = {people: _hour(people, HEARTBEATS[0]) for people in SIZES}
    seldom = _hour(MILLION, HEARTBEATS[1])
    returns = {name: (each, come_back(each, SEED)) for name, each in HICCUPS.items()}
    found = findings(LIMITS, hours)
    _write(found, dict(zip(HEARTBEATS, (hours[MILLION], seldom), strict=True)), returns)
    met = {f"met_at_people, {each.limit.name}": round(each.met_at) for each in found}
    back = {f"back_s, {name}": round(each.most_seconds) for name, (_, each) in returns.items()}
    sys.stdout.write(json.dumps(met | back) + "\n")


def _hour(people: int, heartbeat_seconds: int) -> Asked:
    asked = Hour(people, heartbeat_seconds, Loads(measured(), assumed()), assumed(), SEED).run()
    sys.stdout.write(f"{people:,} people, a heartbeat every {heartbeat_seconds} s: done\n")
    sys.stdout.flush()
    return asked


def _write(found: list[Finding], by_heartbeat: dict[int, Asked], returns: page.Returns) -> None:
    histories = int(assumed().person["histories_a_connect"])
    blocks = {
        "limits": page.limits_met(found, MILLION),
        "quotas": page.quotas(found, MILLION),
        "heartbeats": page.heartbeats(by_heartbeat),
        "hiccup": page.hiccup(returns),
        "units": page.units(measured().frames, histories, HICCUPS["a new table"].people),
    }
    path = DOCS / "a-million-connections.md"
    path.write_text(replace_blocks(path.read_text(), blocks))
    plots = {
        "crowd-limits": page.by_size(found),
        "crowd-hour": page.by_minute(by_heartbeat),
        "crowd-hiccup": page.coming_back(returns),
    }
    for name, plot in plots.items():
        (DOCS / "images" / f"{name}.svg").write_text(plot)


if __name__ == "__main__":
    main()
