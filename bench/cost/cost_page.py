"""The generated blocks of docs/cost.md, computed from prices, counts and assumptions."""

from bench.cost import batches
from bench.cost.frames import MB_A_GB, Assumed, Counted, frame
from bench.cost.month import HOURS, heartbeat, month
from bench.cost.prices import aws_prices, bill, dollars, read
from bench.cost.usage import Usage
from bench.markdown_blocks import markdown_table

MILLION = 1e6
HEARTBEATS = (30, 60, 300)
CROWDS = (1_000, 100_000, 10_000_000)
SECONDS_A_MONTH = HOURS * 3_600
SHOWN = {
    "messages": "API Gateway",
    "invocations": "Lambda, requests",
    "gb_seconds": "Lambda, time",
    "read_units": "DynamoDB, reads",
    "write_units": "DynamoDB, writes",
    "queue_requests": "SQS",
    "traces": "X-Ray",
    "logged_gb": "logs",
    "sent_gb": "data out",
}


def parts(counted: Counted, assuming: Assumed) -> dict[str, str]:
    return {
        "prices": prices(),
        "messages": messages(counted, assuming),
        "batches": batches.table(batches.counted_talks(), assuming),
        "frames": frames(counted, assuming),
        "months": months(counted, assuming),
        "lines of a month": lines_of_a_month(counted, assuming),
        "idle": idle(),
        "snapstart": snapstart(assuming),
    }


def prices() -> str:
    rows = [
        [f"[{price.what}]({price.source})", *_amount(price.tiers[0].usd, price.per)]
        for price in aws_prices().values()
    ]
    return f"Prices of {read('prices.toml')['looked_at']}, us-east-1.\n\n" + markdown_table(
        ["", "$", "for"], rows
    )


def messages(counted: Counted, assuming: Assumed) -> str:
    """Price a million messages by the size of the room and by AWS service."""
    bills = {
        room: bill(frame(work, room, replied=True, assuming=assuming) * MILLION)
        for room, work in counted["chat_message"].items()
    }
    rows = [
        [shown, *(_dollars(each[name]) for each in bills.values())] for name, shown in SHOWN.items()
    ]
    rows.append(["**total**", *(f"**{_dollars(sum(each.values()))}**" for each in bills.values())])
    rows.append(
        ["a million pushes", *(_dollars(sum(b.values()) / (room - 1)) for room, b in bills.items())]
    )
    return markdown_table(["live connections of the room", *(f"{room:,}" for room in bills)], rows)


def frames(counted: Counted, assuming: Assumed) -> str:
    """Price a million of each frame in a room of ten."""
    asked = {
        "chat_message": True,
        "chat_message without clientMessageId": True,
        "typing": False,
        "read_receipt": False,
        "history": True,
        "heartbeat": True,
        "heartbeat with positions": True,
    }
    rows = [
        [
            name,
            _dollars(
                dollars(_in_a_room_of_ten(name, counted, assuming, replied=replied) * MILLION)
            ),
        ]
        for name, replied in asked.items()
    ]
    return markdown_table(["a million of, in a room of ten", "$"], rows)


def _in_a_room_of_ten(name: str, counted: Counted, assuming: Assumed, *, replied: bool) -> Usage:
    return frame(counted[name][10], 10, replied=replied, assuming=assuming.of_frame(name))


def months(counted: Counted, assuming: Assumed) -> str:
    rows = [
        [
            f"every {seconds} s",
            *(_dollars(dollars(month(users, seconds, counted, assuming))) for users in CROWDS),
            _dollars(dollars(month(CROWDS[0], seconds, counted, assuming)) / CROWDS[0]),
        ]
        for seconds in HEARTBEATS
    ]
    return markdown_table(
        ["heartbeat", *(f"{users:,} online" for users in CROWDS), "each of 1,000"], rows
    )


def lines_of_a_month(counted: Counted, assuming: Assumed) -> str:
    """Price a month of 1,000 users by activity."""
    crowd = CROWDS[0]
    rows = []
    for seconds in (HEARTBEATS[0], HEARTBEATS[-1]):
        alive = heartbeat(counted, assuming) * (SECONDS_A_MONTH / seconds * crowd)
        everything = month(crowd, seconds, counted, assuming)
        minutes = Usage(connection_minutes=everything.connection_minutes)
        rest = dollars(everything) - dollars(alive) - dollars(minutes)
        rows.append(
            [
                f"every {seconds} s",
                _dollars(dollars(alive)),
                _dollars(dollars(minutes)),
                _dollars(rest),
            ]
        )
    return markdown_table(
        ["heartbeat, 1,000 online", "heartbeats", "connection minutes", "talking"], rows
    )


def idle() -> str:
    lines = read("prices.toml")["idle"].values()
    rows = [[f"[{line['what']}]({line['source']})", _dollars(line["usd"])] for line in lines]
    rows.append(["**total**", f"**{_dollars(sum(line['usd'] for line in lines))}**"])
    return markdown_table(["a month in which nobody talks", "$"], rows)


def snapstart(assuming: Assumed) -> str:
    price = read("prices.toml")["snapstart"]
    sizes = {
        assuming.function.memory_mb: price["functions"],
        assuming.function.background_memory_mb: price["background_functions"],
    }
    cached = {mb: mb / MB_A_GB * SECONDS_A_MONTH * price["cached_gb_second"] for mb in sizes}
    started = [mb / MB_A_GB * price["restored_gb"] * MILLION for mb in sizes]
    numbers = " and ".join(map(str, sizes.values()))
    return markdown_table(
        [f"[SnapStart]({price['source']}), $", *(f"{mb:,.0f} MB" for mb in sizes)],
        [
            ["a function's snapshot, a month", *map(_dollars, cached.values())],
            [
                f"those of {numbers} functions",
                *(_dollars(cached[mb] * number) for mb, number in sizes.items()),
            ],
            ["a million starts from one", *map(_dollars, started)],
        ],
    )


def _amount(usd: float, per: float) -> list[str]:
    return [f"{usd:.10f}".rstrip("0").rstrip("."), f"{per:,.0f}"]


def _dollars(usd: float) -> str:
    return f"{usd:,.0f}" if usd >= 100 else f"{usd:,.2f}"  # noqa: PLR2004 -- cents matter below
