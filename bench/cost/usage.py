"""What AWS bills, as amounts that add up."""

from typing import Self

from msgspec import Struct, structs


class Usage(Struct, frozen=True, kw_only=True):
    """Amounts of what has a price; each field is an entry of `aws` in prices.toml."""

    messages: float = 0
    connection_minutes: float = 0
    invocations: float = 0
    gb_seconds: float = 0
    read_units: float = 0
    write_units: float = 0
    queue_requests: float = 0
    logged_gb: float = 0
    traces: float = 0
    sent_gb: float = 0

    def __add__(self, other: "Usage") -> Self:
        mine, others = structs.asdict(self), structs.asdict(other)
        return type(self)(**{name: mine[name] + others[name] for name in mine})

    def __mul__(self, times: float) -> Self:
        return type(self)(**{name: each * times for name, each in structs.asdict(self).items()})
