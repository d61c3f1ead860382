"""The charts of docs/performance.md."""

from bench import performance_page, svg_charts
from bench.cost.frames import assumed
from bench.frame_costs import memory
from bench.frame_costs.costs import Measured

WAYS = (("ours", performance_page.OURS), ("the sample", performance_page.SAMPLE))


def draw(measured: performance_page.Measured) -> dict[str, str]:
    fan, starts = measured["fanout"], measured["imports"]
    ours = fan["fanout_tls_cpu_us"]
    others = {
        name: ours * ratio for name, ratio in performance_page.others(fan, "fanout_tls").items()
    }
    return {
        "performance-fanout": svg_charts.bars(
            "CPU of a push over TLS", "µs", {"this engine": ours, **others}, "this engine"
        ),
        "performance-imports": svg_charts.bars(
            "CPU of a cold start above bare Python's",
            "ms",
            {
                "chat_message, ready": starts["ours"],
                "PynamoDB with its client": starts["pynamodb"],
                "PynamoDB, no bytecode": starts["pynamodb_uncompiled"],
                "chat_message, no bytecode": starts["ours_uncompiled"],
            },
            "chat_message, ready",
        ),
        **_of_growth(measured["growth"]),
        "performance-memory": by_memory(performance_page.of_frames(measured)),
    }


def by_memory(measured: Measured) -> str:
    return svg_charts.lines(
        "What a person waits for, ms", "MB of memory", memory.chart(measured, assumed())
    )


def _of_growth(growth: performance_page.Measured) -> dict[str, str]:
    reads = {
        name: {float(size): work["read_units"] for size, work in growth[title].items()}
        for name, title in WAYS
    }
    posts = {
        name: {float(size): float(work["posts"]) for size, work in growth[title].items()}
        for name, title in WAYS
    }
    frames = {
        "its partition": {
            float(room): performance_page.frames_of_partition(work)
            for room, work in growth[performance_page.ROOM].items()
        },
        "the account": {
            float(room): performance_page.ACCOUNT_REQUESTS / int(room)
            for room in growth[performance_page.ROOM]
        },
    }
    many = "connections in all, ten of them in the room"
    return {
        "performance-reads": svg_charts.lines("Read units a message", many, reads),
        "performance-posts": svg_charts.lines("Posts a message", many, posts),
        "performance-rooms": svg_charts.lines(
            "Frames a second, at most", "live connections of the room", frames
        ),
    }
