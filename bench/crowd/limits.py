"""AWS's limits that a crowd can meet, as the pages named said them on 2026-11-27."""

from msgspec import Struct

_GATEWAY = "https://docs.aws.amazon.com/apigateway/latest/developerguide"
_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg"
_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide"


class Limit(Struct, frozen=True, kw_only=True):
    """A default quota, or a limit that nobody can raise."""

    name: str
    value: float
    source: str
    can_be_raised: bool = True


STAGE_FRAMES = Limit(
    name="frames in, by `ThrottlingRateLimit`",
    value=2_000,
    source=f"{_GATEWAY}/websocket-api-protect.html",
)
"""The template's own parameter, for one stage."""
GATEWAY_REQUESTS = Limit(
    name="API Gateway: requests, frames in and pushes out",
    value=10_000,
    source=f"{_GATEWAY}/limits.html",
)
NEW_CONNECTIONS = Limit(
    name="API Gateway: new connections",
    value=500,
    source=f"{_GATEWAY}/apigateway-execution-service-websocket-limits-table.html",
)
FUNCTIONS_AT_ONCE = Limit(
    name="Lambda: functions at once",
    value=1_000,
    source=f"{_LAMBDA}/gettingstarted-limits.html",
)
INVOCATIONS = Limit(
    name="Lambda: invocations, ten times the functions at once",
    value=10_000,
    source=f"{_LAMBDA}/lambda-concurrency.html",
)
SCALING = Limit(
    name="Lambda: more functions at once within ten seconds, of one function",
    value=1_000,
    source=f"{_LAMBDA}/scaling-behavior.html",
    can_be_raised=False,
)
TABLE_WRITES = Limit(
    name="DynamoDB: write units of a table",
    value=40_000,
    source=f"{_DYNAMODB}/ServiceQuotas.html",
)
TABLE_READS = Limit(
    name="DynamoDB: read units of a table",
    value=40_000,
    source=f"{_DYNAMODB}/ServiceQuotas.html",
)
NEW_TABLE_WRITES = Limit(
    name="DynamoDB: write units of a new table, at once",
    value=4_000,
    source=f"{_DYNAMODB}/warm-throughput.html",
)
PARTITION_READS = Limit(
    name="DynamoDB: read units of the busiest conversation's roster",
    value=3_000,
    source=f"{_DYNAMODB}/bp-partition-key-design.html",
    can_be_raised=False,
)
PARTITION_WRITES = Limit(
    name="DynamoDB: write units of the busiest conversation",
    value=1_000,
    source=f"{_DYNAMODB}/bp-partition-key-design.html",
    can_be_raised=False,
)
