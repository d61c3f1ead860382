"""A group, and actions in it that can run concurrently."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chat.protocol.encoding import rfc3339
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
    """A group of alice, its owner, and carol; bob is online. Alice has two clients."""

    simulation: Simulation
    conversation: ConversationId
    hers: Client
    her_phone: Client
    carols: Client
    his: Client

    def requests(self, client: Client, type_: str, **data: Any) -> Action:  # noqa: ANN401 -- a frame's fields
        """Make an action that sends a frame about the conversation."""
        return self.sends(
            client, {"type": type_, "conversationId": self.conversation, "data": data}
        )

    def adds(self, client: Client, username: str = "bob") -> Action:
        return self.requests(client, "add_members", members=[username])

    def removes(self, client: Client, username: str = "bob") -> Action:
        return self.requests(client, "remove_member", username=username)

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

    def edits(self, client: Client, seq: int, content: str, version: int | None = None) -> Action:
        data: Frame = {"content": content} | ({} if version is None else {"version": version})
        message = f"{self.conversation}:{seq}"
        return self.sends(client, {"type": "edit_message", "messageId": message, "data": data})

    def deletes(self, client: Client, seq: int) -> Action:
        message = f"{self.conversation}:{seq}"
        return self.sends(client, {"type": "delete_message", "messageId": message})

    def titles(self, client: Client, title: str) -> Action:
        return self.requests(client, "set_title", title=title)

    def gives_role(self, client: Client, username: str, role: str) -> Action:
        return self.requests(client, "set_role", username=username, role=role)

    def mutes(self, client: Client, username: str = "bob", seconds: float = MINUTE) -> Action:
        """Make an action that mutes a member for so long from now; 0 ends it."""
        until = rfc3339(self.simulation.now_ms + round(seconds * 1000))
        return self.requests(client, "mute_member", username=username, until=until)

    def bans(self, client: Client, username: str = "bob") -> Action:
        return self.requests(client, "ban_member", username=username)

    def unbans(self, client: Client, username: str = "bob") -> Action:
        return self.requests(client, "unban_member", username=username)

    def slows(self, client: Client, seconds: int = MINUTE) -> Action:
        return self.requests(client, "set_slow_mode", slow_seconds=seconds)

    def pins(self, client: Client, seq: int) -> Action:
        message = f"{self.conversation}:{seq}"
        return self.sends(client, {"type": "pin_message", "messageId": message})

    def unpins(self, client: Client, seq: int) -> Action:
        message = f"{self.conversation}:{seq}"
        return self.sends(client, {"type": "unpin_message", "messageId": message})

    def reacts(
        self, client: Client, seq: int, reaction: str = "👍", *, is_on: bool = True
    ) -> Action:
        data = {"reaction": reaction, "is_on": is_on}
        message = f"{self.conversation}:{seq}"
        return self.sends(client, {"type": "react", "messageId": message, "data": data})

    def authenticates(self, client: Client) -> Action:
        return self.sends(client, {"type": "authenticate", "data": {"token": client.token}})

    def disconnects(self, client: Client) -> Action:
        """Close a socket, and make an action that delivers its `$disconnect`."""
        self.simulation.sockets.open.discard(client.connection_id)
        return lambda: self.simulation.invoke("$disconnect", client.connection_id)

    def sends(self, client: Client, frame: Frame) -> Action:
        return lambda: self.simulation.send(client.connection_id, frame)

    def unauthenticated_client(self, client: Client) -> Client:
        """Open another connection for a client's user, not yet authenticated."""
        another = Client(self.simulation, self.simulation.connect(), client.user)
        another.token = client.token
        return another

    def with_bob(self) -> "Group":
        """Make bob a member."""
        self.adds(self.hers)()
        self.forget()
        return self

    def copied_into(self, simulation: Simulation) -> "Group":
        """Make the same group in a copy of its simulation."""
        names = ("hers", "her_phone", "carols", "his")
        clients = {name: getattr(self, name).copied_into(simulation) for name in names}
        return replace(self, simulation=simulation, **clients)

    def last_seq(self) -> int:
        """Return the last number given out, without a request."""
        [state] = [
            row for row in rows("ConversationsTable") if row["conversation_id"] == self.conversation
        ]
        return int(state["last_seq"])

    def forget(self) -> None:
        for client in (self.hers, self.her_phone, self.carols, self.his):
            client.discards_received()


def create_group(simulation: Simulation) -> Group:
    """Create the group in a simulation, a minute after everybody logged in."""
    alice, bob, carol = (Person(simulation, name) for name in ("alice", "bob", "carol"))
    hers, her_phone = alice.logs_in(), alice.logs_in()
    carols, his = carol.logs_in(), bob.logs_in()
    conversation = ConversationId(hers.creates(carol))
    simulation.advance_time(MINUTE)
    group = Group(simulation, conversation, hers, her_phone, carols, his)
    group.forget()
    return group


_begun: dict[bool, tuple[Group, Snapshot]] = {}


def copy_of_group(simulation: Simulation, *, with_bob: bool) -> Group:
    """Give the group in a new simulation: created once per process, then copied."""
    if with_bob not in _begun:
        group = create_group(simulation)
        if with_bob:
            group.with_bob()
        _begun[with_bob] = (group, Snapshot(simulation))
    group, start = _begun[with_bob]
    start.copy_into(simulation)
    return group.copied_into(simulation)


def contents(client: Client) -> list[str]:
    """List the messages pushed to a client."""
    return [f["data"]["content"] for f in client.received if f["type"] == "chat_message"]


def stored() -> list[str]:
    """List all stored messages in order of their numbers."""
    found = sorted(rows("MessagesTable"), key=lambda row: int(row["seq"]))
    return [row.get("content", "") for row in found if not row.get("unused")]


def run_interleaved(
    group: Group,
    *probed: Client,
    check: Callable[[Results], None] = lambda _: None,
    at_most: int | None = None,
    soaked: int | None = None,
    **actions: Action,
) -> int:
    """Run actions in every order of their steps; check tables, results and delivery each time.

    `at_most` limits the number of orders, which are then chosen at random. `make soak` ignores it
    and tries all orders, or the first `soaked` ones and as many random ones.
    """

    def look(results: Results) -> None:
        assert "internal" not in str(results)
        check(results)
        check_invariants(group.simulation)
        assert_reachable(group, group.her_phone, group.carols, *probed)

    if at_most and not is_soaking():
        return explore_some(group.simulation, lambda: actions, look, number=at_most)
    runs = explore_all(group.simulation, lambda: actions, look, at_most=soaked)
    if runs == soaked:
        runs += explore_some(group.simulation, lambda: actions, look, number=soaked)
    return runs


def assert_reachable(group: Group, *clients: Client) -> None:
    """Check that a message reaches exactly the live connections of the members, once each."""
    members = members_of(group.conversation)
    if group.hers.user.user_id not in members:
        return
    live = {
        row["connection_id"]: row["user_id"]
        for row in rows("ConnectionsTable")
        if is_live(row, group.simulation) and row["connection_id"] in group.simulation.sockets.open
    }
    for client in clients:
        client.discards_received()
    group.says(group.hers, "probe")()
    for client in clients:
        is_due = live.get(client.connection_id) in members
        assert contents(client) == ["probe"] * is_due, client.connection_id
