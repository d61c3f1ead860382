"""Each function is granted what its code asks of the tables: all of it, and nothing besides.

One long story makes every function ask for everything it can ever ask for. A new request of a
function fails here until the template grants it and the story leads there.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from argon2 import PasswordHasher
from moto import mock_aws

from chat.actions.fanout import fanout
from chat.protocol.ids import ConversationId, Username
from chat.push.deferred import Shard
from chat.storage.conversations import next_seq
from chat.storage.roster_changes import delete_entries
from chat.storage.users import find_credential, refuse_older_tokens, replace_password_hash
from testing.injection import inject_before
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, REGION
from testing.tables import Pairing, one_by_one
from testing.template import FUNCTIONS, Function
from tests.unit.template.story import Requests, Story

WEAK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def vanish(person: Person, number: int) -> None:
    """Have connections arrive, and end without a word.

    What is done about one row is often another request than what is done about several.
    """
    for client in [person.arrives() for _ in range(number)]:
        client.closes(announced=False)


def talking(alice: Person, bob: Person) -> None:
    speaker = alice.arrives()
    room = speaker.creates(bob)
    said = [speaker.says("Hello", to=room, clientMessageId=str(number)) for number in range(3)]
    speaker.says("Hello", to=room, clientMessageId="0")

    def cross() -> None:
        speaker.says("Twice", to=room, clientMessageId="crossed")

    with inject_before(alice.simulation, "TransactWriteItems", cross):
        speaker.says("Twice", to=room, clientMessageId="crossed")
    unread = iter(said)
    for speak in (
        lambda: speaker.says("Hello", to=room),
        lambda: speaker.sends_silently("typing", conversationId=room),
        lambda: speaker.sends_silently("read_receipt", messageId=next(unread)["message_id"]),
    ):
        for number in (1, 2):
            vanish(bob, number)
            speak()
        delete_entries([ConversationId(room)], [speaker.connection_id])
        speak()
    sending_too_much(speaker, room)
    bob.arrives().closes()
    next_seq(ConversationId(room), alice.simulation.now_ms)
    speaker.sends("history", conversationId=room, data={"after_seq": 0})
    speaker.sends("heartbeat", data={"positions": {room: 1}})
    speaker.sends("list_conversations")
    speaker.sends("list_members", conversationId=room)


def sending_too_much(speaker: Client, room: str) -> None:
    """Have a frame of each kind be counted, and one be held back."""
    simulation = speaker.simulation
    usual = simulation.services
    simulation.services = simulation.with_limits(
        messages_per_minute=1, typing_per_minute=1, receipts_per_minute=1
    )
    for _ in range(2):
        speaker.sends("chat_message", conversationId=room, data={"content": "Hello"})
        speaker.sends("typing", conversationId=room, requestId="r")
        speaker.sends("read_receipt", messageId=f"{room}:1", requestId="r")
    simulation.services = usual


def coming_too_often(alice: Person) -> None:
    """Have somebody who is in a conversation find no place."""
    simulation, usual = alice.simulation, alice.simulation.services
    alice.arrives()
    simulation.services = simulation.with_limits(connections_per_user=1)
    proof = {"username": alice.user.username, "password": PASSWORD_OF_ALL}
    simulation.send(simulation.connect(), {"type": "authenticate", "data": proof})
    simulation.services = usual


def coming_and_going(alice: Person, bob: Person, carol: Person) -> None:
    owner = alice.arrives()
    for name, number in (("erin", 1), ("frank", 2)):
        stranger = Person(alice.simulation, name)
        vanish(stranger, number)
        owner.creates(stranger)
    owner.says("Hello", to=owner.creates(bob, kind="direct"))
    owner.creates(bob, kind="direct")
    room = owner.creates(bob)
    owner.says("Hello", to=room)
    named = {"username": carol.user.username}
    for number in (1, 2):
        leaver = carol.arrives()
        vanish(bob, number)
        owner.sends("add_members", conversationId=room, data={"members": ["carol"]})
        vanish(bob, 2)
        leaver.sends("leave_conversation", conversationId=room)
        owner.sends("add_members", conversationId=room, data={"members": ["carol"]})
        vanish(bob, 2)
        owner.sends("remove_member", conversationId=room, data=named)
    bob.arrives().closes()
    owner.sends("leave_conversation", conversationId=room)
    myself = {"username": alice.user.username}
    his = bob.arrives()
    for type_, data in (("remove_member", myself), ("leave_conversation", {})):
        room = owner.creates(bob, carol)
        leaves = partial(his.sends, "leave_conversation", conversationId=room)
        with inject_before(alice.simulation, "TransactWriteItems", leaves):
            owner.sends(type_, conversationId=room, data=data)


def ending_sessions(alice: Person, dave: Person) -> None:
    simulation, username = alice.simulation, dave.user.username
    alice.arrives().creates(dave)
    dave.arrives().sends("sign_out")
    dave.arrives()
    dave.arrives().sends("sign_out")
    proof = {"username": alice.user.username, "password": PASSWORD_OF_ALL}
    dave.arrives().sends("authenticate", data=proof)
    dave.arrives().sends("authenticate", data=proof | {"password": "a guess"})
    found = find_credential(username)
    assert found
    replace_password_hash(username, found.password_hash, WEAK_HASHER.hash(PASSWORD_OF_ALL))
    dave.arrives().closes()
    with signed_out_meanwhile(username):
        simulation.send(
            simulation.connect(),
            {"type": "authenticate", "data": {"username": username, "password": PASSWORD_OF_ALL}},
        )


@contextmanager
def signed_out_meanwhile(username: Username) -> Iterator[None]:
    """Have somebody be signed out everywhere just before the requests that go together."""

    def together(*calls: Callable[[], Any]) -> list[Any]:
        refuse_older_tokens(username)
        return one_by_one(*calls)

    inject_before = Pairing.together
    Pairing.together = staticmethod(together)
    try:
        yield
    finally:
        Pairing.together = inject_before


def queues(story: Story, alice: Person, bob: Person) -> None:
    simulation = story.simulation
    connection_id = simulation.connect()
    for queue in ("greet", "auth_deadline"):
        simulation.consume(queue, json.dumps({"connection_id": connection_id}))
    room = ConversationId(alice.arrives().creates(bob))
    for number in (1, 2):
        gone = [bob.arrives() for _ in range(number)]
        for client in gone:
            client.closes(announced=False)
        with story.within("fanout"):
            fanout(Shard(room, [each.connection_id for each in gone], b"{}"), simulation.services)


@pytest.fixture(scope="module")
def requests() -> Iterator[Requests]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        story = Story()
        names = ("alice", "bob", "carol", "dave")
        alice, bob, carol, dave = (Person(story.simulation, name) for name in names)
        with story.noting():
            talking(alice, bob)
            coming_and_going(alice, bob, carol)
            ending_sessions(alice, dave)
            coming_too_often(alice)
            queues(story, alice, bob)
        yield story.requests


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_a_function_is_granted_exactly_what_it_asks_for(
    requests: Requests, function: Function
) -> None:
    granted = {
        (grant.action, grant.target)
        for grant in function.grants
        if grant.action.startswith("dynamodb:")
    }

    assert granted == requests[function.folder.name]
