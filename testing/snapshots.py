"""The state of a world, taken once and brought back: where thousands of short stories begin."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from testing.simulation import REGION, Simulation


def stored_tables() -> Mapping[str, Table]:
    """Reach what moto has stored, without a request."""
    tables: Mapping[str, Table] = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return tables


class Snapshot:
    """What a world was like at one moment; making tables anew would cost a hundred times more."""

    def __init__(self, simulation: Simulation) -> None:
        self._world = simulation
        self._items: dict[str, Any] = {
            name: deepcopy(table.items) for name, table in stored_tables().items()
        }
        self._open = set(simulation.sockets.open)
        self._received = deepcopy(dict(simulation.sockets.received))
        self._chat = simulation.services
        self._rest = (simulation.now_ms, simulation.numbers_given)

    def restore(self) -> None:
        """Make the world what it was."""
        self.copy_into(self._world)
        self._world.services = self._chat

    def copy_into(self, simulation: Simulation) -> None:
        """Make a world what this one was; its limits stay its own."""
        for name, table in stored_tables().items():
            table.items = deepcopy(self._items[name])
        simulation.now_ms, simulation.numbers_given = self._rest
        simulation.sockets.open = set(self._open)
        simulation.sockets.received.clear()
        simulation.sockets.received.update(deepcopy(self._received))
        simulation.waiting.clear()
        simulation.counted.clear()
        simulation.pauses.clear()
