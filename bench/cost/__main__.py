"""Count what frames take, price it, and write docs/cost.md."""

import sys
from pathlib import Path

import msgspec

from bench.batches import everything
from bench.cost import batches, cost_page
from bench.cost.counting import count
from bench.cost.frames import assumed, counted
from bench.cost.prices import FOLDER
from bench.markdown_blocks import replace_blocks

PAGE = Path(__file__).parents[2] / "docs/cost.md"


def main() -> None:
    text = msgspec.json.format(msgspec.json.encode(count()), indent=1)
    (FOLDER / "counted.json").write_bytes(text + b"\n")
    batches.write(everything())
    parts = cost_page.parts(counted(), assumed())
    PAGE.write_text(replace_blocks(PAGE.read_text(), parts))
    for name, part in parts.items():
        sys.stdout.write(f"\n---- {name}\n{part}\n")


if __name__ == "__main__":
    main()
