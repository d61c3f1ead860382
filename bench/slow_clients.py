"""How long clients that do not read hold up a push to those that do.

`python -m bench.slow_clients`: the server answers after 15 ms, and refuses those clients with 429
each time. A cold engine a round, since it has the fewest sockets. The last line is JSON.
"""

import json
import logging
import random
import time
from statistics import median

from bench.fanout import running, say
from bench.fanout_candidates import CREDENTIALS, FRAME, REGION
from bench.fanout_sink import SLOW
from chat.protocol.ids import ConnectionId
from chat.push.engine import PushEngine

ROUNDS = 7
ROOMS = ((20, 0), (20, 2), (20, 10), (400, 0), (400, 2), (300, 100), (100, 300), (0, 20))
"""Clients that read, and clients that do not."""


def main() -> None:
    logging.disable()
    shuffled = random.Random(1)  # noqa: S311 -- an order, no secret
    seconds: dict[str, float] = {}
    with running("bench.fanout_sink", {"delay_seconds": 0.015, "certificate": ""}) as sink:
        url = f"http://127.0.0.1:{int(sink.answers.readline())}"
        for fast, slow in ROOMS:
            rounds = [push(url, room(fast, slow, shuffled)) for _ in range(ROUNDS)]
            seconds[f"{fast}+{slow}"] = round(median(rounds), 2)
            say(f"  {fast:4} that read, {slow:4} that do not: {median(rounds):5.2f} s")
    say(json.dumps(seconds))


def room(fast: int, slow: int, shuffled: random.Random) -> list[ConnectionId]:
    ids = [f"fast{number:04}w=" for number in range(fast)]
    ids += [f"{SLOW}{number:04}w=" for number in range(slow)]
    shuffled.shuffle(ids)
    return [ConnectionId(each) for each in ids]


def push(url: str, connection_ids: list[ConnectionId]) -> float:
    with PushEngine(url, REGION, lambda: CREDENTIALS) as engine:
        began = time.perf_counter()
        engine.push(connection_ids, FRAME)
        return time.perf_counter() - began


if __name__ == "__main__":
    main()
