"""A deployment says how much its functions log, whatever Lambda's own filter is set to."""

import json
import logging
from collections.abc import Iterator

import pytest

from chat.runtime.cold_start import ON_LAMBDA, init_phase
from chat.runtime.log import logger
from chat.runtime.metrics import add_metric, flush_metrics

LEVELS = ("INFO", "WARNING", "ERROR")


@pytest.fixture(autouse=True)
def on_lambda(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """Give each test a logger of its own, as Lambda starts a function with `LogFormat: JSON`."""
    root, level = logging.getLogger(), logging.getLogger().level
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.name)
    monkeypatch.setenv("AWS_LAMBDA_LOG_LEVEL", "INFO")
    monkeypatch.setenv(ON_LAMBDA, "on-demand")
    root.setLevel("INFO")
    logger.cache_clear()
    yield
    logger.cache_clear()
    root.setLevel(level)


def levels_written(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(line)["level"] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("least", LEVELS)
def test_lines_below_the_configured_level_are_not_logged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], least: str
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", least)

    for write in (logger().info, logger().warning, logger().error):
        write("happened")

    assert levels_written(capsys) == list(LEVELS[LEVELS.index(least) :])


def test_metrics_are_written_at_every_log_level(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "ERROR")
    logger().info("not written")

    add_metric("PushGone", 1)
    flush_metrics()

    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["PushGone"] == [1.0]


def test_libraries_log_nothing_below_warning(caplog: pytest.LogCaptureFixture) -> None:
    with init_phase():
        pass
    caplog.clear()

    for library in ("pynamodb.settings", "botocore.credentials", "any.other"):
        logging.getLogger(library).info("found credentials")
        logging.getLogger(library).warning("cannot connect")

    assert [each.getMessage() for each in caplog.records] == ["cannot connect"] * 3
