"""Usage becomes dollars by the price lists."""

import msgspec
import pytest

from bench.cost.prices import Tier, aws_prices, bill, dollars, read, tiered
from bench.cost.usage import Usage
from testing.template import RESOURCES, resources

TIERS = [Tier(0, 1.0), Tier(100, 0.5), Tier(1_000, 0.1)]
MILLION = 1e6


@pytest.mark.parametrize(
    ("amount", "price"), [(0, 0), (1, 1), (100, 100), (101, 100.5), (1_000, 550), (2_000, 650)]
)
def test_amount_is_priced_by_tiers(amount: float, price: float) -> None:
    assert tiered(amount, TIERS) == price


def test_every_billed_quantity_has_a_price() -> None:
    assert aws_prices().keys() == set(Usage.__struct_fields__)


def test_every_price_has_a_source_and_a_date() -> None:
    prices = read("prices.toml")

    sources = [entry["source"] for entry in _entries(prices)]

    assert prices["looked_at"].year >= 2026
    assert all(source.startswith("https://") for source in sources)


def test_every_snapshot_of_the_template_is_priced() -> None:
    snapshots = resources("AWS::Lambda::Alias")

    price = read("prices.toml")["snapstart"]
    assert price["functions"] + price["background_functions"] == len(snapshots)


def test_every_metric_that_an_alarm_reads_is_priced() -> None:
    # A query counts as one metric at least.
    read_by_alarms = sum(
        max(1, len([each for each in alarm.get("Metrics", ()) if "MetricStat" in each]))
        for name, alarm in resources("AWS::CloudWatch::Alarm").items()
        # Those of events cost nothing until there are events.
        if RESOURCES[name]["Condition"] == "ObservabilityWanted"
    )
    alarms = read("prices.toml")["idle"]["alarms"]

    assert f" {read_by_alarms} metrics" in alarms["what"]
    assert alarms["usd"] == pytest.approx(0.10 * read_by_alarms)


def test_price_tiers_start_at_zero_and_ascend() -> None:
    for price in aws_prices().values():
        starts = [tier.over for tier in price.tiers]
        assert starts[0] == 0
        assert starts == sorted(set(starts))


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        (Usage(messages=MILLION), 1.00),
        (Usage(messages=2e9), 1_800),
        (Usage(connection_minutes=4 * MILLION), 1.00),
        (Usage(write_units=MILLION, read_units=MILLION), 0.75),
        (Usage(gb_seconds=1e6), 13.3334),
        (Usage(sent_gb=11e3), 900 + 85),
    ],
)
def test_a_known_amount_has_its_known_price(usage: Usage, usd: float) -> None:
    assert dollars(usage) == pytest.approx(usd)


def test_bill_lines_add_up() -> None:
    usage = Usage(messages=3 * MILLION, invocations=MILLION, logged_gb=2)

    lines = bill(usage)

    assert lines["messages"] == pytest.approx(3)
    assert sum(lines.values()) == dollars(usage)


def test_usage_can_be_added_and_multiplied() -> None:
    one, other = Usage(messages=1, traces=2), Usage(messages=10)

    assert one + other * 2 == Usage(messages=21, traces=2)


def _entries(prices: dict[str, object]) -> list[dict[str, str]]:
    tables = [entry for entry in prices.values() if isinstance(entry, dict)]
    nested = [each for table in tables for each in table.values() if isinstance(each, dict)]
    entries = [table for table in tables if "source" in table] + nested
    return msgspec.convert([{"source": entry["source"]} for entry in entries], list[dict[str, str]])
