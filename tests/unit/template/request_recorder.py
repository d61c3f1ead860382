"""Record the requests of each function to the tables."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chat.runtime.routes import BACKEND, GATEWAY_ROUTES, ROUTES
from testing.simulation import Simulation

type Requests = dict[str, set[tuple[str, str]]]

IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def asked(operation: str, parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name the grants that a request needs: actions and resources."""
    for item in parameters.get("TransactItems", ()):
        for kind, write in item.items():
            yield f"dynamodb:{IN_TRANSACTIONS[kind]}", write["TableName"]
    for table in parameters.get("RequestItems", ()):
        yield f"dynamodb:{operation}", table
    if "TableName" in parameters:
        index = parameters.get("IndexName")
        table = parameters["TableName"]
        yield f"dynamodb:{operation}", f"${{{table}.Arn}}/index/{index}" if index else table


class RequestRecorder:
    """A simulation that records the requests of each function to the tables."""

    def __init__(self) -> None:
        self.requests: Requests = defaultdict(set)
        self._function: str | None = None
        self.simulation = Simulation()
        functions = GATEWAY_ROUTES | {key: route.function for key, route in ROUTES.items()}
        for key, handler in self.simulation.routes.items():
            self.simulation.routes[key] = self._noted(functions[key], handler)
        for queue, handler in self.simulation.consumers.items():
            self.simulation.consumers[queue] = self._noted(queue, handler)
        self.simulation.backend = self._noted(BACKEND, self.simulation.backend)

    @contextmanager
    def noting(self) -> Iterator[None]:
        events = self.simulation.dynamodb.meta.events
        events.register("provide-client-params.dynamodb", self._note, unique_id="story")
        try:
            yield
        finally:
            events.unregister("provide-client-params.dynamodb", unique_id="story")

    @contextmanager
    def within(self, function: str) -> Iterator[None]:
        outer, self._function = self._function, function
        try:
            yield
        finally:
            self._function = outer

    def _noted[**P, R](self, function: str, handler: Callable[P, R]) -> Callable[P, R]:
        def handle(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.within(function):
                return handler(*args, **kwargs)

        return handle

    def _note(self, params: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401 - botocore carries no types
        if self._function:
            self.requests[self._function].update(asked(model.name, params))
