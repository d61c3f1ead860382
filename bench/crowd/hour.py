"""An hour of a crowd, second by second: what it asks of each limit.

The crowd came within an hour, two hours ago, as people come to work. In this hour API Gateway ends
those of its connections that are left, and the clients come back at once. Others come and go all
the time.
"""

from collections import Counter
from collections.abc import Callable
from math import exp
from random import Random

from msgspec import Struct

from bench.cost.frames import Assumed
from bench.crowd import limits
from bench.crowd.costs import Loads
from bench.crowd.rooms import Rooms, poisson

SECONDS = 3_600
LIFE_SECONDS = 7_200
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html"""
TYPING_SECONDS_BEFORE = (6, 3)
READ_SECONDS_AFTER = 3
DEADLINE_SECONDS = 30
LIMITS = (
    limits.STAGE_FRAMES,
    limits.GATEWAY_REQUESTS,
    limits.NEW_CONNECTIONS,
    limits.FUNCTIONS_AT_ONCE,
    limits.INVOCATIONS,
    limits.SCALING,
    limits.TABLE_WRITES,
    limits.TABLE_READS,
    limits.PARTITION_READS,
    limits.PARTITION_WRITES,
)
"""What the hour is compared with."""


class Second(Struct):
    """What is asked within one second."""

    frames: float = 0
    pushes: float = 0
    connections: float = 0
    function_seconds: float = 0
    invocations: float = 0
    roster_writes: float = 0
    roster_reads: float = 0
    conversation_reads: float = 0
    busiest_roster_reads: float = 0
    busiest_conversation_writes: float = 0


type Asked = dict[str, list[float]]
"""By the name of a limit: how much of it is asked in each second."""


class Hour:
    """A simulated hour of so many connections."""

    def __init__(
        self, people: int, heartbeat_seconds: float, loads: Loads, assuming: Assumed, seed: int
    ) -> None:
        self.people = people
        self._heartbeat_seconds = heartbeat_seconds
        self._loads = loads
        self._person = assuming.person
        self._random = Random(seed)  # noqa: S311 -- no secret
        messages_a_second = people * self._person["messages"] / SECONDS
        self._rooms = Rooms.of(people, self._person["conversations"], messages_a_second)
        self._seconds = [Second() for _ in range(SECONDS + DEADLINE_SECONDS)]

    def run(self) -> Asked:
        """Simulate the hour; give what it asks of each limit."""
        for at in range(SECONDS):
            self._beat(at)
            self._come_and_go(at)
            self._talk(at)
        return self._asked()

    def _beat(self, at: int) -> None:
        number = poisson(self.people / self._heartbeat_seconds, self._random)
        second = self._seconds[at]
        self._take(second, number, self._loads.seconds("heartbeat", 10))
        second.conversation_reads += number

    def _come_and_go(self, at: int) -> None:
        """Cut the crowd's connections, whose people come back, and let others come and go."""
        turnover = self.people * self._person["connects"] / SECONDS
        stayed = exp(-self._person["connects"] * LIFE_SECONDS / SECONDS)
        cut = poisson(self.people / SECONDS * stayed, self._random)
        came, went = poisson(turnover, self._random), poisson(turnover, self._random)
        self._connect(at, cut + came)
        second = self._seconds[at]
        self._take(second, cut + went, self._loads.seconds("$disconnect", 20), frames=0)
        second.roster_writes += (cut + went) * self._person["conversations"]

    def _connect(self, at: int, number: int) -> None:
        loads, second, person = self._loads, self._seconds[at], self._person
        second.connections += number
        self._take(second, number, loads.seconds("$connect", 1), frames=0)
        self._take(second, number, loads.seconds("greet", 1), frames=0)
        second.pushes += 2 * number
        self._take(second, number, loads.seconds("authenticate", 20))
        # Twice a unit in a transaction.
        second.roster_writes += 2 * number * person["conversations"]
        histories = number * person["histories_a_connect"]
        self._take(second, histories, loads.seconds("history", 10))
        deadline = self._seconds[at + DEADLINE_SECONDS]
        self._take(deadline, number, loads.seconds("auth_deadline", 1), frames=0)

    def _talk(self, at: int) -> None:
        rooms, random = self._rooms, self._random
        number = poisson(rooms.small_messages_a_second, random)
        for size, messages in Counter(rooms.small_sizes(number, random)).items():
            # Of so many small conversations, none has two messages in a second.
            self._say(at, size, messages)
            self._note_busiest(at, size, 1)
        for size in rooms.big:
            messages = poisson(rooms.rate(size), random)
            if messages:
                self._say(at, size, messages)
                self._note_busiest(at, size, messages)

    def _say(self, at: int, room: int, number: int) -> None:
        """Send messages to conversations of one size, with typing frames and receipts."""
        for before in TYPING_SECONDS_BEFORE:
            self._send("typing", max(0, at - before), room, number)
        self._send("chat_message", at, room, number)
        self._send("read_receipt", at + READ_SECONDS_AFTER, room, number)

    def _note_busiest(self, at: int, room: int, messages: int) -> None:
        second = self._seconds[at]
        reads = messages * self._loads.of("chat_message", room).roster_reads
        second.busiest_roster_reads = max(second.busiest_roster_reads, reads)
        second.busiest_conversation_writes = max(second.busiest_conversation_writes, messages)

    def _send(self, frame: str, at: int, room: int, number: int) -> None:
        load, second = self._loads.of(frame, room), self._seconds[at]
        second.frames += number
        second.pushes += number * load.pushes
        second.function_seconds += number * load.seconds
        second.invocations += number * load.invocations
        second.roster_reads += number * load.roster_reads

    @staticmethod
    def _take(second: Second, number: float, seconds: float, *, frames: int = 1) -> None:
        second.frames += number * frames
        second.function_seconds += number * seconds
        second.invocations += number

    def _asked(self) -> Asked:
        counted = self._seconds[DEADLINE_SECONDS:SECONDS]
        of: dict[str, Callable[[Second], float]] = {
            limits.STAGE_FRAMES.name: lambda each: each.frames,
            limits.GATEWAY_REQUESTS.name: lambda each: each.frames + each.pushes,
            limits.NEW_CONNECTIONS.name: lambda each: each.connections,
            limits.FUNCTIONS_AT_ONCE.name: lambda each: each.function_seconds,
            limits.INVOCATIONS.name: lambda each: each.invocations,
            limits.TABLE_WRITES.name: lambda each: each.roster_writes,
            limits.TABLE_READS.name: lambda each: max(each.roster_reads, each.conversation_reads),
            limits.PARTITION_READS.name: lambda each: each.busiest_roster_reads,
            limits.PARTITION_WRITES.name: lambda each: each.busiest_conversation_writes,
        }
        asked = {name: [take(each) for each in counted] for name, take in of.items()}
        at_once = asked[limits.FUNCTIONS_AT_ONCE.name]
        later = at_once[10:]
        grown = [max(0.0, then - now) for now, then in zip(at_once, later, strict=False)]
        return asked | {limits.SCALING.name: grown}
