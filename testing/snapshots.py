"""The state of a simulation, taken once and restored many times."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from testing.simulation import REGION, Simulation


def stored_tables() -> Mapping[str, Table]:
    """Give moto's tables, without a request."""
    tables: Mapping[str, Table] = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    return tables


class Snapshot:
    """The state at one moment. Creating the tables again would take a hundred times longer."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._items: dict[str, Any] = {
            name: deepcopy(table.items) for name, table in stored_tables().items()
        }
        self._open = set(simulation.sockets.open)
        self._received = deepcopy(dict(simulation.sockets.received))
        self._files = dict(simulation.files.objects)
        self._chat = simulation.services
        self._rest = (simulation.now_ms, simulation.numbers_given)

    def restore(self) -> None:
        """Restore the state."""
        self.copy_into(self._simulation)
        self._simulation.services = self._chat

    def copy_into(self, simulation: Simulation) -> None:
        """Copy the state into another simulation, which keeps its limits."""
        for name, table in stored_tables().items():
            table.items = deepcopy(self._items[name])
        simulation.now_ms, simulation.numbers_given = self._rest
        simulation.sockets.open = set(self._open)
        simulation.sockets.received.clear()
        simulation.sockets.received.update(deepcopy(self._received))
        simulation.files.objects = dict(self._files)
        simulation.queues.clear()
        simulation.devices.clear()
        simulation.metrics.clear()
        simulation.sleeps.clear()
