import json
from collections.abc import Callable, Iterator
from io import StringIO
from logging import StreamHandler, getLogger
from typing import Any

import pytest

from chat.actions.limits import Limits
from chat.actions.services import Services
from chat.runtime.log import logger

type Lines = Callable[[], list[dict[str, Any]]]


class Invocation:
    """The context that Lambda passes to a handler."""

    aws_request_id = "5f3c1c1e-7a54-4c5e-9f10-3d5d3e0c8a11"

    def __init__(self, seconds_left: float = 10.0) -> None:
        self.seconds_left = seconds_left

    def get_remaining_time_in_millis(self) -> int:
        return round(self.seconds_left * 1000)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Give the text that the functions log."""
    written = StringIO()
    handler = StreamHandler(written)
    handler.setFormatter(logger().registered_formatter)
    functions = getLogger(logger().service)
    functions.addHandler(handler)
    yield written
    functions.removeHandler(handler)


@pytest.fixture
def logged(log: StringIO) -> Lines:
    """Give the functions' log lines, decoded."""
    return lambda: [json.loads(line) for line in log.getvalue().splitlines()]


def _unused(*_: object) -> Any:  # noqa: ANN401 -- in place of any part
    raise AssertionError


@pytest.fixture
def services() -> Services:
    """Give services that fail on use, for actions that a test defines."""
    parts = dict.fromkeys(Services.__struct_fields__, _unused)
    return Services(**parts | {"limits": Limits()})  # type: ignore[arg-type]  # in place of any part
