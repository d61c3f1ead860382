import json

import pytest

from chat.runtime.metrics import add_metric, flush_metrics


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_counts_are_written_once_in_the_embedded_format(capsys: pytest.CaptureFixture[str]) -> None:
    add_metric("PushGone", 1)
    add_metric("PushGone", 2)
    add_metric("PushDelivered", 5)

    flush_metrics()

    [line] = written(capsys)
    assert (line["PushGone"], line["PushDelivered"]) == ([1.0, 2.0], [5.0])
    assert line["service"] == "parley"


def test_what_was_written_is_not_written_again(capsys: pytest.CaptureFixture[str]) -> None:
    add_metric("PushGone", 1)
    flush_metrics()
    written(capsys)

    flush_metrics()

    assert written(capsys) == []


def test_where_nothing_was_counted_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    flush_metrics()

    assert written(capsys) == []
