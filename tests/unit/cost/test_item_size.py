"""Item sizes follow DynamoDB's rules."""

from typing import Any

import pytest

from testing.item_size import item_size


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "x" * 20}, 20),
        ({"S": "ü"}, 2),
        ({"N": "27"}, 2),
        ({"N": "-27"}, 3),
        ({"N": "461"}, 3),
        ({"N": "100000"}, 2),
        ({"N": "1795371554123"}, 8),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"B": b"123"}, 3),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "200"]}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "abc"}]}, 3 + 1 + 3),
        ({"M": {"ab": {"N": "1"}}}, 3 + 1 + 2 + 2),
    ],
)
def test_item_size_includes_attribute_names(value: dict[str, Any], size: int) -> None:
    assert item_size({"name": value}) == len("name") + size


def test_missing_item_has_no_size() -> None:
    assert item_size(None) == item_size({}) == 0
