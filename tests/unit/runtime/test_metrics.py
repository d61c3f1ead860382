import json

import pytest

from chat.runtime.metrics import count, write_counts


def written(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_counts_are_written_once_in_the_embedded_format(capsys: pytest.CaptureFixture[str]) -> None:
    count("PushGone", 1)
    count("PushGone", 2)
    count("PushDelivered", 5)

    write_counts()

    [line] = written(capsys)
    assert (line["PushGone"], line["PushDelivered"]) == ([1.0, 2.0], [5.0])
    assert line["service"] == "parley"


def test_what_was_written_is_not_written_again(capsys: pytest.CaptureFixture[str]) -> None:
    count("PushGone", 1)
    write_counts()
    written(capsys)

    write_counts()

    assert written(capsys) == []


def test_where_nothing_was_counted_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    write_counts()

    assert written(capsys) == []
