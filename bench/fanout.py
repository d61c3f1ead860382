"""What a post to a connection costs, against the ways in which it is usually made.

`python -m bench.fanout`: each candidate is a process of its own, and so is the server, which
costs as little as it can. Only the CPU of the candidate counts. All share one core, so that
nobody pays for waking another one; rounds of all candidates alternate, so that whatever else the
machine does hits all alike. The last line is JSON.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple

from testing.certificates import Authority

ROUNDS = 5
THOUSAND = 1_000
# Enough posts a round to measure, few enough to be done soon.
POSTS = {
    "engine": 2_000,
    "presigned": 2_000,
    "baseline": 2_000,
    "streams": 1_000,
    "http_client": 400,
    "aiohttp": 400,
    "boto3": 150,
}
DELAYS_MS = (0, 15)


class Process(NamedTuple):
    requests: IO[str]
    answers: IO[str]


class Setting(NamedTuple):
    scheme: str
    delay_ms: int

    def __str__(self) -> str:
        return f"{self.scheme}, {self.delay_ms} ms an answer"


class Cost(NamedTuple):
    cpu_us: float
    """A post, the median of the rounds."""
    wall_s: float
    """A round."""
    posts: int


def main() -> None:
    pin_to_one_core()
    say(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}")
    costs: dict[tuple[Setting, str], Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        certificate = str(authority.issue("localhost"))
        for scheme in ("http", "https"):
            for delay_ms in DELAYS_MS:
                setting = Setting(scheme, delay_ms)
                secured = (certificate, str(authority.ca_file)) if scheme == "https" else ("", "")
                for name, cost in compare(setting, *secured).items():
                    costs[setting, name] = cost
                report(setting, costs)
    say(json.dumps(summary(costs)))


def pin_to_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def compare(setting: Setting, certificate: str, ca_file: str) -> dict[str, Cost]:
    """Let all candidates post in turns, and take the medians."""
    with ExitStack() as stack:
        sink_settings = {"delay_seconds": setting.delay_ms / 1000, "certificate": certificate}
        sink = stack.enter_context(running("bench.fanout_sink", sink_settings))
        host = "localhost" if ca_file else "127.0.0.1"
        url = f"{setting.scheme}://{host}:{int(sink.answers.readline())}"
        candidates = {
            name: stack.enter_context(
                running(
                    "bench.fanout_candidates", {"candidate": name, "url": url, "ca_file": ca_file}
                )
            )
            for name in POSTS
        }
        posts = {name: posts_a_round(name, setting) for name in POSTS}
        for _ in range(2):  # opens the sockets
            for name, candidate in candidates.items():
                measure(candidate, posts[name])
        rounds = [
            {name: measure(candidate, posts[name]) for name, candidate in candidates.items()}
            for _ in range(ROUNDS)
        ]
    return {
        name: Cost(
            median(each[name]["cpu_us"] for each in rounds),
            median(each[name]["wall_s"] for each in rounds),
            posts[name],
        )
        for name in POSTS
    }


def posts_a_round(name: str, setting: Setting) -> int:
    return min(POSTS[name], THOUSAND) if setting.delay_ms else POSTS[name]


@contextmanager
def running(module: str, settings: dict[str, object]) -> Iterator[Process]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([".", "layers/chat"])}
    with subprocess.Popen(  # noqa: S603 -- our own modules
        [sys.executable, "-m", module, json.dumps(settings)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
    ) as process:
        assert process.stdin is not None  # noqa: S101 -- piped above
        assert process.stdout is not None  # noqa: S101 -- piped above
        try:
            yield Process(process.stdin, process.stdout)
        finally:
            process.terminate()


def measure(candidate: Process, posts: int) -> dict[str, float]:
    candidate.requests.write(f"{posts}\n")
    candidate.requests.flush()
    return dict(json.loads(candidate.answers.readline()))


def report(setting: Setting, costs: dict[tuple[Setting, str], Cost]) -> None:
    say(f"\n{setting}")
    say(f"  {'':12}{'CPU a post':>12}{'posts a CPU s':>15}{'posts a s':>12}{'posts':>8}")
    for name in POSTS:
        cost = costs[setting, name]
        say(
            f"  {name:12}{cost.cpu_us:9.1f} us{1e6 / cost.cpu_us:15,.0f}"
            f"{cost.posts / cost.wall_s:12,.0f}{cost.posts:8}"
        )


def summary(costs: dict[tuple[Setting, str], Cost]) -> dict[str, float]:
    plain, secured = Setting("http", 0), Setting("https", 0)

    def ratio(setting: Setting, over: str, under: str) -> float:
        return round(costs[setting, over].cpu_us / costs[setting, under].cpu_us, 2)

    figures = {
        "fanout_cpu_us": round(costs[plain, "engine"].cpu_us, 1),
        "fanout_tls_cpu_us": round(costs[secured, "engine"].cpu_us, 1),
        "thousand_at_15ms_s": round(costs[Setting("http", 15), "engine"].wall_s, 3),
        "thousand_at_15ms_tls_s": round(costs[Setting("https", 15), "engine"].wall_s, 3),
    }
    for prefix, setting in (("fanout", plain), ("fanout_tls", secured)):
        for dearer in ("boto3", "aiohttp", "http_client", "streams"):
            figures[f"{prefix}_vs_{dearer}_cpu"] = ratio(setting, dearer, "engine")
        for cheaper in ("presigned", "baseline"):
            figures[f"{prefix}_vs_{cheaper}_cpu"] = ratio(setting, "engine", cheaper)
    return figures


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
