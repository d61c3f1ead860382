"""The size of an item as DynamoDB counts it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import ceil
from typing import Any

CONTAINER_BYTES = 3
ELEMENT_BYTES = 1


def item_size(item: Mapping[str, Any] | None) -> int:
    """Count an item's bytes, names included; 0 for none."""
    return sum(_text(name) + _value(value) for name, value in (item or {}).items())


def _value(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    return _SIZES[kind](content)


def _text(text: str) -> int:
    return len(text.encode())


def _number(text: str) -> int:
    sign, digits, _ = Decimal(text).normalize().as_tuple()
    return ceil(len(digits) / 2) + 1 + sign


def _binary(content: bytes | str) -> int:
    """Count bytes, which unshaped answers have as base64."""
    return len(b64decode(content) if isinstance(content, str) else content)


_SIZES: Mapping[str, Callable[[Any], int]] = {
    "S": _text,
    "N": _number,
    "B": _binary,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "SS": lambda texts: sum(map(_text, texts)),
    "NS": lambda numbers: sum(map(_number, numbers)),
    "L": lambda each: CONTAINER_BYTES + sum(_value(v) + ELEMENT_BYTES for v in each),
    "M": lambda named: CONTAINER_BYTES + item_size(named) + ELEMENT_BYTES * len(named),
}
