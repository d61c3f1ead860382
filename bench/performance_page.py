"""The generated blocks of docs/performance.md: tables, and conclusions from the figures."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import convert

from bench.cost.frames import assumed, counted, share
from bench.frame_costs import costs as frame_costs
from bench.frame_costs import memory
from bench.markdown_blocks import markdown_table

PARTITION_READ_UNITS = 3_000
"""The read units that one partition serves in a second.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""
ACCOUNT_REQUESTS = 10_000
"""API Gateway's requests in a second for an account and region: frames in, and pushes out.

https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""
NOTE_READ_UNITS = 1
"""Of a message's read units, the one for the note of a message that is sent again."""
ROOM = "chat_message, live connections"
OURS, SAMPLE = "ours, connections in all", "the sample's, connections in all"

type Measured = Mapping[str, Any]


def figures(measured: Measured) -> dict[str, float]:
    """Choose the figures for the last line of `make bench`."""
    imports, stack = measured["imports"], measured["e2e_latency"]
    return {
        **measured["fanout"],
        "push_beside_100_slow_s": measured["slow_clients"]["300+100"],
        "chat_message_import_vs_pynamodb": imports["chat_message_import_vs_pynamodb"],
        "chat_message_import_vs_pynamodb_uncompiled": imports[
            "chat_message_import_vs_pynamodb_uncompiled"
        ],
        "chat_message_first_frame_ms": round(measured["first_frame"]["first"], 1),
        "chat_message_cpu_ms": round(measured["invocation"]["cpu_ms"]["10"], 2),
        "unrelated_connections_are_free": float(is_flat(measured["growth"])),
        **measured["batches"],
        "reply_ms": stack["reply_ms"]["median"],
        "delivery_ms": stack["delivery_ms"]["median"],
        "room_of_10000_sender_ms": stack["big_room"]["sender_ms"],
        **memory.figures(of_frames(measured), assumed()),
    }


def is_flat(growth: Measured) -> bool:
    """Report whether no counted cost depends on connections in other rooms."""
    unrelated = [rows for title, rows in growth.items() if "unrelated" in title]
    return all(len({str(work) for work in rows.values()}) == 1 for rows in unrelated)


def parts(measured: Measured) -> dict[str, str]:
    growth = measured["growth"]
    return {
        "fanout": fanout(measured["fanout"]),
        "slow clients": slow_clients(measured["slow_clients"]),
        "imports": imports(measured["imports"]),
        "first frame": first_frame(measured["first_frame"]),
        "invocation": invocation(measured["invocation"]["cpu_ms"]),
        "search": search(measured["search"]),
        "rooms": rooms(growth[ROOM]),
        "unrelated": unrelated(growth),
        "authenticate": authenticate(growth, measured["e2e_latency"]["authenticate_ms"]),
        "sample": sample(growth, measured["e2e_latency"]),
        "stack": e2e_latency(measured["e2e_latency"]),
        "big room": big_room(measured["e2e_latency"]["big_room"]),
        **memory.page(of_frames(measured), counted(), assumed()),
    }


def of_frames(measured: Measured) -> frame_costs.Measured:
    """Choose what computations need of the measured figures."""
    first = measured["first_frame"]
    return frame_costs.Measured(
        frames=convert(measured["frame_costs"], frame_costs.FrameCosts, strict=False),
        start=frame_costs.Start(
            ready=measured["imports"]["ours"],
            first_frame=first["first"],
            next_frames=first["next"],
        ),
    )


def fanout(figures: Measured) -> str:
    rows = []
    for scheme, prefix in (("HTTP", "fanout"), ("TLS", "fanout_tls")):
        ours = figures[f"{prefix}_cpu_us"]
        rows += [
            [f"this engine, {scheme}", _us(ours), _per_second(ours), "1"],
            *(
                [name, _us(ours * ratio), _per_second(ours * ratio), f"{ratio:.3g}"]
                for name, ratio in others(figures, prefix).items()
            ),
        ]
    table = markdown_table(
        ["", "CPU a post", "posts a CPU second", "CPU relative to the engine"], rows
    )
    return (
        f"{table}\n\n1,000 connections that answer after 15 ms get their frame after"
        f" **{figures['thousand_at_15ms_s']:.2f} s**, over TLS"
        f" {figures['thousand_at_15ms_tls_s']:.2f} s."
    )


def slow_clients(seconds: Measured) -> str:
    rows = [[*room.split("+"), f"{taken:.2f}"] for room, taken in seconds.items()]
    return markdown_table(["clients that read", "clients that do not", "s"], rows)


def others(figures: Measured, prefix: str) -> dict[str, float]:
    return {
        "boto3, 32 threads": figures[f"{prefix}_vs_boto3_cpu"],
        "aiohttp, signing by hand": figures[f"{prefix}_vs_aiohttp_cpu"],
        "http.client, 32 threads, signing by hand": figures[f"{prefix}_vs_http_client_cpu"],
        "asyncio streams, our signer and reader": figures[f"{prefix}_vs_streams_cpu"],
        "the engine, signed beforehand": 1 / figures[f"{prefix}_vs_presigned_cpu"],
        "sockets alone, nothing parsed": 1 / figures[f"{prefix}_vs_baseline_cpu"],
    }


def imports(starts: Measured) -> str:
    rows = [
        ["PynamoDB with its client, as `pip install` leaves it", f"{starts['pynamodb']:.0f}"],
        ["the same without bytecode", f"{starts['pynamodb_uncompiled']:.0f}"],
        ["**`chat_message`, ready for its first event**", f"**{starts['ours']:.0f}**"],
        ["the same without bytecode, as `sam build` leaves it", f"{starts['ours_uncompiled']:.0f}"],
    ]
    each = sorted(starts["of_each"].items(), key=lambda item: item[1])
    functions = [[name.removesuffix("Function"), f"{cost:.0f}"] for name, cost in each]
    ratio = starts["chat_message_import_vs_pynamodb"]
    said = f"`chat_message` costs **{ratio:.2f}** of what PynamoDB with its client costs."
    return "\n\n".join(
        [
            markdown_table(["", "ms of CPU"], rows),
            f"{said} Each function:",
            markdown_table(["function", "ms of CPU"], functions),
        ]
    )


def first_frame(measured: Measured) -> str:
    return markdown_table(
        ["", "ms of CPU"],
        [
            ["start: imports, clients", f"{measured['start']:.0f}"],
            ["first frame", f"{measured['first']:.0f}"],
            ["next frames", f"{measured['next']:.1f}"],
            [
                "first frame, if it must read all certificate authorities",
                f"{measured['first_trusting_all']:.0f}",
            ],
        ],
    )


def invocation(costs: Mapping[str, float]) -> str:
    rows = [[f"{int(room):,}", f"{cost:.1f}"] for room, cost in costs.items()]
    return markdown_table(["live connections", "ms of CPU"], rows)


def search(pages: Iterable[Measured]) -> str:
    function = assumed().function
    rows = [
        [
            f"{page['characters']:,} characters of {page['language']}",
            f"{page['numbers']:,}",
            f"{page['cpu_ms']:.0f}",
            f"{page['cpu_ms'] / 1e3 / share(function):.2f}",
            f"{page['memory_mb']:.0f} MB",
        ]
        for page in pages
    ]
    seconds = f"s at {function.memory_mb:,.0f} MB"
    return markdown_table(["messages of", "numbers", "ms of CPU", seconds, "memory"], rows)


def rooms(rows: Mapping[str, Measured]) -> str:
    table = [
        [
            f"{int(room):,}",
            str(work["requests"]),
            f"{work['read_units']:.0f}",
            f"{work['write_units']:.0f}",
            f"{work['posts']:,}"
            if work["posts"]
            else f"{int(room) - 1:,} by {work['queued']} shards",
            f"{frames_of_partition(work):,.0f}",
            f"{ACCOUNT_REQUESTS / int(room):,.0f}",
        ]
        for room, work in rows.items()
    ]
    header = ["live connections", "requests", "read units", "write units", "pushes"]
    return markdown_table([*header, "frames/s: its partition", "frames/s: the account"], table)


def frames_of_partition(work: Measured) -> float:
    """Give how many messages a second the partition of a roster bears."""
    return float(PARTITION_READ_UNITS / (work["read_units"] - NOTE_READ_UNITS))


def unrelated(growth: Measured) -> str:
    rows = [
        [title.split(",")[0], *(_work(work) for work in sizes.values())]
        for title, sizes in growth.items()
        if "unrelated" in title
    ]
    sizes = next(sizes for title, sizes in growth.items() if "unrelated" in title)
    said = "The same" if is_flat(growth) else "**Not the same**"
    return (
        markdown_table(
            ["requests / read / write units", *(f"{int(size):,}" for size in sizes)], rows
        )
        + f"\n\n{said} in every row, to the unit."
    )


def authenticate(growth: Measured, times: Mapping[str, float]) -> str:
    rows = [
        [f"{int(count):,}", *_work(work).split(" / "), f"{times[count]:.0f}"]
        for count, work in growth["authenticate, conversations"].items()
    ]
    return markdown_table(
        ["conversations", "requests", "read units", "write units", "ms, local"], rows
    )


def sample(growth: Measured, stack: Measured) -> str:
    rows = [
        [
            f"{int(size):,}",
            f"{growth[OURS][size]['read_units']:g} / {growth[OURS][size]['posts']:,}",
            f"{stack['ours_ms'][size]:.0f}",
            f"{work['read_units']:g} / {work['posts']:,}",
            f"{stack['sample_ms'][size]:,.0f}",
        ]
        for size, work in growth[SAMPLE].items()
    ]
    header = ["connections in all", "ours: read units / posts", "ms", "the sample", "ms"]
    return markdown_table(header, rows)


def e2e_latency(stack: Measured) -> str:
    reply, delivery = stack["reply_ms"], stack["delivery_ms"]
    rows = [
        ["the reply to a `chat_message`", f"{reply['median']:.0f}", f"{reply['p95']:.0f}"],
        ["the push to the other member", f"{delivery['median']:.0f}", f"{delivery['p95']:.0f}"],
    ]
    by_room = [[f"{int(room):,}", f"{ms:.0f}"] for room, ms in stack["room_ms"].items()]
    return "\n\n".join(
        [
            markdown_table(["after sending, ms", "median", "95 of 100"], rows),
            "The function alone, by live connections, with pushes that are answered after 15 ms:",
            markdown_table(["live connections", "ms"], by_room),
        ]
    )


def big_room(figures: Measured) -> str:
    return markdown_table(
        ["a frame to 10,000 live connections", ""],
        [
            ["the sending function", f"{figures['sender_ms']:.0f} ms"],
            ["DynamoDB requests", f"{figures['requests']}"],
            ["read / write units", f"{figures['read_units']:g} / {figures['write_units']:g}"],
            ["shards, each handled by its own `fanout` invocation", f"{figures['shards']}"],
            ["one shard (500 connections, 15 ms a response)", f"{figures['shard_ms']:.0f} ms"],
            [
                "all shards in turn, in one process",
                f"{figures['all_shards_in_a_row_ms']:,.0f} ms",
            ],
        ],
    )


def _work(work: Measured) -> str:
    return f"{work['requests']} / {work['read_units']:g} / {work['write_units']:g}"


def _us(microseconds: float) -> str:
    return f"{microseconds:.1f} µs"


def _per_second(microseconds: float) -> str:
    return f"{1e6 / microseconds:,.0f}"
