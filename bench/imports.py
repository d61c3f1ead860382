"""What a cold start costs: CPU of fresh processes, against PynamoDB with its client alone.

`make bench-import`. Rounds of all candidates alternate, so that whatever else the machine does
hits all alike; what Python by itself takes is taken off. The last line is JSON.
"""

import json
import sys
from statistics import median
from typing import NamedTuple

from msgspec import Struct, to_builtins

from bench.built import NOTHING_COMPILED, ROOT, cpu_ms, environment, names

ROUNDS = 11
ROUNDS_OF_ALL = 3
PLAIN = ROOT / ".tools/pynamodb"
"""PynamoDB as `pip install` leaves it: with all of botocore's data, compiled."""

CLIENT = "from pynamodb.connection import Connection; Connection(region='eu-central-1').client.meta"
OURS = "ChatMessageFunction"


class Start(NamedTuple):
    """One candidate: what is run in a fresh process."""

    code: str
    variables: dict[str, str]
    options: tuple[str, ...] = ()


class Starts(Struct, frozen=True):
    """CPU in ms above bare Python's, medians."""

    bare: float
    pynamodb: float
    pynamodb_uncompiled: float
    ours: float
    ours_uncompiled: float
    of_each: dict[str, float]

    @property
    def vs_pynamodb(self) -> float:
        return self.ours / self.pynamodb

    def figures(self) -> dict[str, float]:
        return {
            "chat_message_import_ms": round(self.ours, 1),
            "pynamodb_import_ms": round(self.pynamodb, 1),
            "chat_message_import_vs_pynamodb": round(self.vs_pynamodb, 3),
            "chat_message_import_vs_pynamodb_uncompiled": round(
                self.ours / self.pynamodb_uncompiled, 3
            ),
        }


def main() -> None:
    starts = measure()
    for line in table(starts):
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(json.dumps(to_builtins(starts) | starts.figures()) + "\n")


def measure() -> Starts:
    if not (PLAIN / "pynamodb").exists():
        raise SystemExit("PynamoDB by itself is not installed: `make bench-import` does that")
    ours = environment(OURS)
    plain = {**ours, "PYTHONPATH": str(PLAIN)}
    [bare, pynamodb, plain_uncompiled, start, uncompiled] = medians(
        ROUNDS,
        [
            Start("pass", ours),
            Start(CLIENT, plain),
            Start(CLIENT, plain, NOTHING_COMPILED),
            Start("import app", ours),
            Start("import app", ours, NOTHING_COMPILED),
        ],
    )
    each = medians(ROUNDS_OF_ALL, [Start("import app", environment(name)) for name in names()])
    return Starts(
        bare,
        pynamodb - bare,
        plain_uncompiled - bare,
        start - bare,
        uncompiled - bare,
        {name: cost - bare for name, cost in zip(names(), each, strict=True)},
    )


def medians(rounds: int, candidates: list[Start]) -> list[float]:
    """Let all take turns."""
    costs = [[cpu_ms(c.code, c.variables, *c.options) for c in candidates] for _ in range(rounds)]
    return [median(of_one) for of_one in zip(*costs, strict=True)]


def table(starts: Starts) -> list[str]:
    """Write what was measured, ms above bare Python's."""
    return [
        f"bare Python {starts.bare:.0f} ms of CPU; above it:",
        f"  {starts.pynamodb:6.0f}  PynamoDB with its client, as pip leaves it",
        f"  {starts.pynamodb_uncompiled:6.0f}  the same, uncompiled",
        f"  {starts.ours:6.0f}  chat_message, put together: {starts.vs_pynamodb:.2f} of PynamoDB",
        f"  {starts.ours_uncompiled:6.0f}  the same, uncompiled",
        "each function, ready for its first event:",
        *(f"  {cost:6.0f}  {name}" for name, cost in starts.of_each.items()),
    ]


if __name__ == "__main__":
    main()
