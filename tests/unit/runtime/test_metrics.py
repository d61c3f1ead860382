import json

import pytest

from chat.runtime.metrics import add_metric, flush_metrics


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_metrics_are_written_once_in_the_embedded_format(
    capsys: pytest.CaptureFixture[str],
) -> None:
    add_metric("PushGone", 1)
    add_metric("PushGone", 2)
    add_metric("PushDelivered", 5)

    flush_metrics()

    [line] = written(capsys)
    assert (line["PushGone"], line["PushDelivered"]) == ([1.0, 2.0], [5.0])
    assert line["service"] == "parley"


def test_flushed_metrics_are_not_written_again(capsys: pytest.CaptureFixture[str]) -> None:
    add_metric("PushGone", 1)
    flush_metrics()
    written(capsys)

    flush_metrics()

    assert written(capsys) == []


def test_nothing_is_written_without_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    flush_metrics()

    assert written(capsys) == []
