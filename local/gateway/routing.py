"""Which route a message takes.

https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from local.gateway.events import Stage

_SELECTION = re.compile(r"\$\{?request\.body\.(?P<path>[\w\-]+(?:\.[\w\-]+)*)\}?")
# https://docs.python.org/3/library/stdtypes.html#integer-string-conversion-length-limitation
_MAX_DIGITS = 4300


class UnsupportedDeploymentError(Exception):
    """The deployed API uses something that this gateway cannot do."""


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One route. It `replies` if it asks for route responses; without, AWS drops the reply."""

    key: str
    function: Function
    replies: bool
    timeout_seconds: float


@dataclass(frozen=True)
class RouteTable:
    stage: Stage
    selection_expression: str
    routes: Mapping[str, Route]

    def select(self, body: str) -> Route | None:
        """Choose the route of a message; None only if there is not even a `$default`.

        A message may name `$connect` and `$disconnect` too: AWS's documentation excepts no key.
        """
        key = _select(body, self._path)
        return self.routes.get(key or "$default") or self.routes.get("$default")

    def find(self, key: str) -> Route | None:
        return self.routes.get(key)

    @cached_property
    def _path(self) -> tuple[str, ...]:
        found = _SELECTION.fullmatch(self.selection_expression)
        if found is None:
            raise UnsupportedDeploymentError(
                f"the route selection expression {self.selection_expression!r}: "
                "only $request.body.<path> is understood"
            )
        return tuple(found["path"].split("."))


def _parse_integer(digits: str) -> float:
    """Read a number, also one with more digits than Python converts to an integer."""
    return int(digits) if len(digits) < _MAX_DIGITS else math.inf


def _reject_constant(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _select(body: str, path: tuple[str, ...]) -> str | None:
    try:
        value: object = json.loads(body, parse_int=_parse_integer, parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        return None
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    # AWS makes a string of any value that the expression finds.
    return value if isinstance(value, str) else json.dumps(value)
