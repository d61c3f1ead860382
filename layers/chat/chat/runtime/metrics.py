"""Counts that CloudWatch reads out of the log (embedded metric format)."""

from functools import cache

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit


@cache
def _metrics() -> Metrics:
    return Metrics()


def add_metric(name: str, number: int) -> None:
    """Add to a count, which the end of the invocation writes."""
    _metrics().add_metric(name=name, unit=MetricUnit.Count, value=number)


def flush_metrics() -> None:
    """Write what this invocation counted, if anything."""
    if _metrics().metric_set:
        _metrics().flush_metrics()
