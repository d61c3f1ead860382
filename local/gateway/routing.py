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
_MOST_DIGITS = 4300


class UnsupportedDeploymentError(Exception):
    """The deployed API uses something that this front cannot stand in for."""


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    qualifier: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `replies` is whether it asks for route responses: if not, AWS drops the reply."""

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

        A message may name `$connect` and `$disconnect` too: AWS's page above excepts no key.
        """
        key = _selected(body, self._path)
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


def _whole_number(digits: str) -> float:
    """Read a number, whose digits may be more than Python makes an integer of."""
    return int(digits) if len(digits) < _MOST_DIGITS else math.inf


def _no_json(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


def _selected(body: str, path: tuple[str, ...]) -> str | None:
    try:
        value: object = json.loads(body, parse_int=_whole_number, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return None
    for name in path:
        if not isinstance(value, dict) or name not in value:
            return None
        value = value[name]
    # AWS makes a string of whatever the expression finds.
    return value if isinstance(value, str) else json.dumps(value)
