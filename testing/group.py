"""A group to let things happen in at the same time, and the actions that happen there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chat.protocol.ids import ConversationId
from testing.interleavings import explore_all, explore_some
from testing.invariants import check_invariants, is_live, members_of, rows
from testing.people import Client, Person
from testing.profiles import is_soaking
from testing.simulation import Simulation
from testing.snapshots import Snapshot
from testing.sockets import Frame

type Action = Callable[[], Any]
type Results = Mapping[str, Any]

MINUTE = 60


@dataclass(frozen=True, slots=True)
class Group:
    """A group that alice owns at two clients and carol is a member of; bob is there, at one."""

    simulation: Simulation
    conversation: ConversationId
    hers: Client
    her_phone: Client
    carols: Client
    his: Client

    def asks(self, client: Client, type_: str, **data: Any) -> Action:  # noqa: ANN401 -- a frame's fields
        """Make an action of a frame about the conversation."""
        return self.sends(
            client, {"type": type_, "conversationId": self.conversation, "data": data}
        )

    def adds(self, client: Client, username: str = "bob") -> Action:
        return self.asks(client, "add_members", members=[username])

    def removes(self, client: Client, username: str = "bob") -> Action:
        return self.asks(client, "remove_member", username=username)

    def says(self, client: Client, content: str, key: str | None = None) -> Action:
        frame: Frame = {
            "type": "chat_message",
            "conversationId": self.conversation,
            "data": {"content": content},
        }
        return self.sends(client, frame | ({"clientMessageId": key} if key else {}))

    def reads(self, client: Client, seq: int) -> Action:
        return self.sends(
            client, {"type": "read_receipt", "messageId": f"{self.conversation}:{seq}"}
        )

    def authenticates(self, client: Client) -> Action:
        return self.sends(client, {"type": "authenticate", "data": {"token": client.token}})

    def disconnects(self, client: Client) -> Action:
        """Close a socket, and make an action of the word about it."""
        self.simulation.sockets.open.discard(client.connection_id)
        return lambda: self.simulation.invoke("$disconnect", client.connection_id)

    def sends(self, client: Client, frame: Frame) -> Action:
        return lambda: self.simulation.send(client.connection_id, frame)

    def arriving(self, client: Client) -> Client:
        """Open one more connection of somebody's, which is still to authenticate."""
        another = Client(self.simulation, self.simulation.connect(), client.user)
        another.token = client.token
        return another

    def with_bob(self) -> "Group":
        """Make bob a member."""
        self.adds(self.hers)()
        self.forget()
        return self

    def in_(self, simulation: Simulation) -> "Group":
        """Make the same group of a copy of its world."""
        names = ("hers", "her_phone", "carols", "his")
        clients = {name: getattr(self, name).in_(simulation) for name in names}
        return replace(self, simulation=simulation, **clients)

    def forget(self) -> None:
        for client in (self.hers, self.her_phone, self.carols, self.his):
            client.forgets()


def create_group(simulation: Simulation) -> Group:
    """Set the scene, a minute after everybody came."""
    alice, bob, carol = (Person(simulation, name) for name in ("alice", "bob", "carol"))
    hers, her_phone = alice.arrives(), alice.arrives()
    carols, his = carol.arrives(), bob.arrives()
    conversation = ConversationId(hers.creates(carol))
    simulation.passes(MINUTE)
    group = Group(simulation, conversation, hers, her_phone, carols, his)
    group.forget()
    return group


_begun: dict[bool, tuple[Group, Snapshot]] = {}


def copy_of_group(simulation: Simulation, *, with_bob: bool) -> Group:
    """Set the same scene in a world that is new: played once a process, and copied from then on."""
    if with_bob not in _begun:
        group = create_group(simulation)
        if with_bob:
            group.with_bob()
        _begun[with_bob] = (group, Snapshot(simulation))
    group, start = _begun[with_bob]
    start.copy_into(simulation)
    return group.in_(simulation)


def contents(client: Client) -> list[str]:
    """List what messages a client was pushed."""
    return [f["data"]["content"] for f in client.received if f["type"] == "chat_message"]


def stored() -> list[str]:
    """List the messages that are stored, wherever, by their numbers."""
    found = sorted(rows("MessagesTable"), key=lambda row: int(row["seq"]))
    return [row["content"] for row in found if not row.get("unused")]


def run_interleaved(
    group: Group,
    *probed: Client,
    check: Callable[[Results], None] = lambda _: None,
    at_most: int | None = None,
    soaked: int | None = None,
    **actions: Action,
) -> int:
    """Let actions cross in every order; the tables, the check and a probe each time.

    If there are very many orders, `at_most` so many are tried by default. When there is time, all
    are, or `soaked` so many: those that come first, and if there are more, as many by chance.
    """

    def look(results: Results) -> None:
        assert "internal" not in str(results)
        check(results)
        check_invariants(group.simulation)
        assert_reachable(group, group.her_phone, group.carols, *probed)

    if at_most and not is_soaking():
        return explore_some(group.simulation, lambda: actions, look, number=at_most)
    performances = explore_all(group.simulation, lambda: actions, look, at_most=soaked)
    if performances == soaked:
        performances += explore_some(group.simulation, lambda: actions, look, number=soaked)
    return performances


def assert_reachable(group: Group, *clients: Client) -> None:
    """Say something, and see it reach exactly the live connections of the members, once each."""
    members = members_of(group.conversation)
    if group.hers.user.user_id not in members:
        return
    live = {
        row["connection_id"]: row["user_id"]
        for row in rows("ConnectionsTable")
        if is_live(row, group.simulation) and row["connection_id"] in group.simulation.sockets.open
    }
    for client in clients:
        client.forgets()
    group.says(group.hers, "probe")()
    for client in clients:
        is_due = live.get(client.connection_id) in members
        assert contents(client) == ["probe"] * is_due, client.connection_id
