"""Simulate how often a person meets a cold start, and write it into docs/performance.md.

`python -m bench.cold_starts`: from what `make bench` measured last, so it gives the same
everywhere. The last line is JSON: the share of messages that meet one, by people and way, where an
idle environment lives for ten minutes.
"""

import json
import sys
from pathlib import Path

from bench.cold_starts.comparison import PEOPLE, WAYS, compare
from bench.cold_starts.page import table
from bench.cost.frames import assumed
from bench.frame_costs.costs import measured
from bench.markdown_blocks import replace_blocks

PAGE = Path(__file__).parents[2] / "docs/performance.md"
SHOWN_MINUTES = 10


def main() -> None:
    found = [each for people in PEOPLE for each in compare(people, measured(), assumed())]
    PAGE.write_text(replace_blocks(PAGE.read_text(), {"cold starts": table(found)}))
    sys.stdout.write(f"{table(found)}\n")
    shares = {
        f"cold_share_of_{each.people}_people, {way}": round(each.met[way]["chat_message"].share, 4)
        for each in found
        if each.idle_minutes == SHOWN_MINUTES
        for way in WAYS
    }
    sys.stdout.write(json.dumps(shares) + "\n")


if __name__ == "__main__":
    main()
