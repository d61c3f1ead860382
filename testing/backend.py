"""The owner's backend, and users in whose names it sends what their clients would send."""

from collections.abc import Mapping
from typing import Any

from testing.people import Client, Person
from testing.simulation import Invocation, Simulation
from testing.sockets import Frame


class Backend:
    """Invokes the function `backend` of a deployment in memory."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def calls(self, user: str, *frames: object, **options: object) -> dict[str, Any]:
        """Call with frames in a user's name; returns what the function returns."""
        event = {"as": user, "frames": frames, **options}
        return self._simulation.backend(event, Invocation())

    def sends(self, user: str, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        """Send one frame in a user's name; returns its reply."""
        [reply] = self.calls(user, {"type": type_, **envelope})["replies"]
        frame: Frame = reply
        return frame


class ServedClient(Client):
    """A connection of a user whose frames the backend sends; pushes arrive at the connection."""

    options: Mapping[str, object] = {}

    def sends(self, type_: str, **envelope: Any) -> Frame:  # noqa: ANN401 -- a frame's fields
        backend = Backend(self.simulation)
        frame = {"type": type_, **envelope}
        [reply] = backend.calls(self.user.username, frame, **self.options)["replies"]
        answered: Frame = reply
        return answered

    def sends_without_reply(self, type_: str, **envelope: Any) -> None:  # noqa: ANN401 -- as above
        reply = self.sends(type_, **envelope)
        assert reply == {"type": "ack"}, reply


class ServedPerson(Person):
    """A user whose frames the backend sends."""

    def __init__(
        self, simulation: Simulation, name: str, options: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(simulation, name)
        self._options = options or {}

    def logs_in(self, *accepts: str) -> ServedClient:
        client = super().logs_in(*accepts)
        served = ServedClient(self.simulation, client.connection_id, self.user)
        served.token, served.options = client.token, self._options
        return served
