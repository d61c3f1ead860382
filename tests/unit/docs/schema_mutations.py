"""The schemas of the frames, and mutations of a frame."""

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft7Validator

from docs.reference.asyncapi import document
from docs.reference.catalogue import Frame

WRONG: list[object] = [
    None,
    0,
    -1,
    1.5,
    10**30,
    True,
    "",
    "x" * 40_000,
    "Ä b",
    [],
    {},
    [1],
    {"": 1},
]
"""Values that are invalid for some fields."""


@cache
def validator(frame: Frame) -> Draft7Validator:
    """Check frames against the schema that the AsyncAPI document gives them."""
    root = {"$ref": f"#/components/schemas/{frame.__name__}"}
    return Draft7Validator(root | {"components": document()["components"]})


def is_valid(frame: Frame, payload: dict[str, Any]) -> bool:
    return bool(validator(frame).is_valid(payload))


def mutations(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give copies of a frame, each with one field missing, wrong, or added."""
    for path in _paths(payload):
        for value in WRONG:
            mutated = copy.deepcopy(payload)
            _holder(mutated, path)[path[-1]] = value
            yield mutated
        without = copy.deepcopy(payload)
        del _holder(without, path)[path[-1]]
        yield without
    yield payload | {"unknown": 1}


def _paths(value: dict[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, each in value.items():
        # Without its type, a frame has no route and meets no decoder.
        if (*before, name) != ("type",):
            yield (*before, name)
        if isinstance(each, dict):
            yield from _paths(each, (*before, name))


def _holder(payload: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for name in path[:-1]:
        payload = payload[name]
    return payload
