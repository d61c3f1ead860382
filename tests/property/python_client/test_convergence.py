"""Under any faults every client shows the same messages, and sends each of its own once."""

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from testing.batches import BIG_ROOM
from testing.people import Client
from testing.people import Person as User
from testing.profiles import is_soaking
from testing.simulation import Simulation
from testing.snapshots import Snapshot
from testing.sockets import Frame
from tests.property.python_client.conversation import check_shown, stored_messages
from tests.property.python_client.network import Faults, Network, Person

NAMES = ("alice", "bob", "carol")
SESSION_SECONDS = 10 * 60

percent = st.integers(0, 50).map(lambda number: number / 100)
faults = st.builds(
    Faults,
    lose=percent,
    repeat=percent,
    cut=st.integers(0, 4).map(lambda number: number / 100),
    fail=st.integers(0, 15).map(lambda number: number / 100),
    slowest_seconds=st.sampled_from([0.001, 0.05, 0.8, 4.0]),
)


@dataclass(frozen=True)
class Step:
    """What happens next: `which` chooses among messages, consumers or spans of time."""

    what: str
    who: int
    which: int


steps = st.builds(
    Step,
    what=st.sampled_from(
        ["say"] * 8
        + ["wait"] * 4
        + ["edit", "delete", "react", "react", "unreact", "cancel"]
        + ["follow", "slow down", "speed up", "outage", "long wait"]
    ),
    who=st.integers(0, 2),
    which=st.integers(0, 9),
)


class World:
    """Three members of a group, each of whom one client follows from the first number on."""

    def __init__(self, simulation: Simulation, reader: Client, group: str, seed: int) -> None:
        self.network = Network(simulation, Random(seed))  # noqa: S311 -- the same again
        self.reader = reader
        self.group = group
        self.people = [Person(name, self.network) for name in NAMES]
        self.starts: dict[int, int | None] = {}
        for person in self.people:
            self.follows(person, after=0, capacity=4)

    def follows(self, person: Person, after: int | None, capacity: int) -> None:
        following = person.follows(self.group, after, capacity)
        self.starts[id(following)] = after

    def takes(self, step: Step, text: str) -> None:
        person = self.people[step.who]
        match step.what:
            case "say":
                person.says(text, self.group)
            case "cancel":
                person.cancels()
            case "wait":
                self.network.passes(step.which / 2)
            case "long wait":
                self.network.passes(step.which * SESSION_SECONDS / 8)
            case "outage":
                self.network.goes_down()
                self.network.passes(step.which * 20.0)
                self.network.is_up = True
            case "follow":
                self.follows(person, after=None, capacity=3 + step.which)
            case "slow down":
                person.slow.add(step.which % len(person.following))
            case "speed up":
                person.slow.clear()
            case _:
                self._changes(person, step, text)

    def _changes(self, person: Person, step: Step, text: str) -> None:
        """Change one of the messages that the person has seen, which may be refused."""
        seen = [each for each in person.following[0].taken if hasattr(each, "message_id")]
        if not seen:
            return
        message_id = getattr(seen[-1 - step.which % len(seen)], "message_id", "")
        frames: dict[str, Frame] = {
            "edit": {"type": "edit_message", "data": {"content": text}},
            "delete": {"type": "delete_message"},
            "react": {"type": "react", "data": {"reaction": "👍", "is_on": True}},
            "unreact": {"type": "react", "data": {"reaction": "👍", "is_on": False}},
        }
        person.requests({**frames[step.what], "messageId": message_id})

    def agrees(self) -> None:
        stored = stored_messages(self.reader, self.group)
        for person in self.people:
            assert person.engine.state == "online"
            for following in person.following:
                assert len(following.stream._buffer) == 0  # noqa: SLF001 -- nothing waits
                check_shown(following.taken, stored, after=self.starts[id(following)])
        self._check_sent([each.client_message_id for each in stored.values()])

    def _check_sent(self, keys: list[str | None]) -> None:
        assert len(keys) == len(set(keys)), "each message is stored once"
        for person in self.people:
            for waiting in person.sent.values():
                assert waiting.code is None, "no message is refused"
            places = [keys.index(key) for key in person.sent]
            assert places == sorted(places), "messages are in the order in which they were sent"


@pytest.fixture
def group(simulation: Simulation) -> tuple[Client, str]:
    """Give a group of everybody, and a connection to read it on."""
    users = [User(simulation, name) for name in (*NAMES, "reader")]
    reader = users[-1].logs_in()
    conversation = reader.creates(*users[:-1])
    simulation.services = simulation.with_limits(session_seconds=SESSION_SECONDS)
    return reader, conversation


BOUNDED = settings(max_examples=20, deadline=None)


@pytest.mark.timeout(1200)  # Hypothesis shrinks a failing story
@pytest.mark.parametrize("limits", [{}, BIG_ROOM], ids=["pushed one by one", "in batches"])
def test_every_client_shows_what_is_stored_under_any_faults(
    simulation: Simulation, group: tuple[Client, str], limits: dict[str, int]
) -> None:
    reader, conversation = group
    simulation.services = simulation.with_limits(**limits)
    services, start = simulation.services, Snapshot(simulation)

    @settings(deadline=None) if is_soaking() else BOUNDED
    @given(faults, st.lists(steps, min_size=5, max_size=40), st.integers(0, 2**32))
    @example(Faults(lose=1.0), [Step("say", who, 0) for who in (0, 1, 2) * 4], 1)
    @example(Faults(cut=0.05), [Step("say", who, 0) for who in (0, 1, 2) * 8], 2)
    def converges(faults: Faults, story: list[Step], seed: int) -> None:
        start.restore()
        simulation.services = services
        world = World(simulation, reader, conversation, seed)
        world.network.faults = faults
        for number, step in enumerate(story):
            world.takes(step, f"text {number}")

        # The last messages too are to meet with faults, and nothing after them that shows the gap.
        world.network.passes(30.0)
        world.network.heals()
        for person in world.people:
            person.slow.clear()
        world.network.passes(4 * 60.0)

        simulation.services = simulation.with_limits(session_seconds=10 * 24 * 3600)
        reader.sends("authenticate", data={"token": reader.token})
        world.agrees()

    converges()
