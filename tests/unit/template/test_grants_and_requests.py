"""Each function is granted exactly the requests that its code makes to the tables.

One long scenario makes every function send each request it can send. A new request of a function
fails here until the template grants it and the scenario includes it.
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
from chat.actions.history import SETTLED_STEP
from chat.protocol.ids import ConversationId, Username
from chat.push.queue_bodies import QueuedFrame, Shard
from chat.push.web_push_outcomes import Outcome, Result
from chat.runtime.routes import BACKEND, ROUTES
from chat.storage.conversation_changes import MAX_PINS
from chat.storage.conversations import next_seq
from chat.storage.devices import MAX_DEVICES
from chat.storage.roster import FIRST_ROWS
from chat.storage.roster_changes import delete_entries
from chat.storage.users import find_credential, refuse_older_tokens, replace_password_hash
from chat.storage.wakes import CLAIM_MS
from docs.reference.examples import request_of
from testing.backend import Backend, ServedPerson
from testing.batches import deliver_all
from testing.devices import subscription
from testing.injection import inject_before
from testing.notified import is_notified_of, registers, works_off
from testing.people import Client, Person
from testing.relay import Relay
from testing.simulation import PASSWORD_OF_ALL, REGION, Simulation
from testing.stored import fill_conversation
from testing.tables import Pairing, one_by_one
from testing.template import FUNCTIONS, Function
from tests.unit.template.request_recorder import RequestRecorder, Requests

WEAK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def vanish(person: Person, number: int) -> None:
    """Open connections that end without `$disconnect`.

    One row and several rows often take different requests.
    """
    for client in [person.logs_in() for _ in range(number)]:
        client.closes(announced=False)


def send_messages(alice: Person, bob: Person) -> None:
    speaker = alice.logs_in()
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
        lambda: speaker.sends_without_reply("typing", conversationId=room),
        lambda: speaker.sends_without_reply("read_receipt", messageId=next(unread)["message_id"]),
    ):
        for number in (1, 2):
            vanish(bob, number)
            speak()
        delete_entries([ConversationId(room)], [speaker.connection_id])
        speak()
    exceed_rate_limits(speaker, room)
    bob.logs_in().closes()
    next_seq(ConversationId(room), alice.simulation.now_ms)
    speaker.sends("history", conversationId=room, data={"after_seq": 0})
    speaker.sends("heartbeat", data={"positions": {room: 1}})
    speaker.sends("list_conversations")
    speaker.sends("list_conversations", data={"conversation_ids": [room]})
    speaker.sends("list_members", conversationId=room)


def change_messages(alice: Person, bob: Person) -> None:
    """Edit and delete messages, with and without the right to, and read what changed."""
    his, hers = bob.logs_in(), alice.logs_in()
    room = hers.creates(bob)
    for number in range(SETTLED_STEP):
        his.says("Hello", to=room, clientMessageId=str(number))
    message = {"messageId": f"{room}:1"}
    edit: dict[str, Any] = {**message, "data": {"content": "Bye", "version": 0}}
    for number in (1, 2):
        vanish(alice, number)
        his.sends("edit_message", **edit)
        edit["data"] = {"content": "Bye"}
    his.sends("edit_message", **message, data={"content": "Bye", "version": 0})
    hers.sends("history", conversationId=room, data={"after_seq": SETTLED_STEP})
    delete_entries([ConversationId(room)], [hers.connection_id])
    hers.sends("delete_message", **message)
    hers.sends("history", conversationId=room)
    usual, alice.simulation.services = (
        alice.simulation.services,
        alice.simulation.with_limits(messages_per_minute=1),
    )
    for _ in range(2):
        hers.sends("delete_message", **message)
    alice.simulation.services = usual


def react_and_mention(alice: Person, bob: Person) -> None:
    """React, once at the same time as a deletion, and mention members."""
    his, hers = bob.logs_in(), alice.logs_in()
    room = hers.creates(bob)
    data = {"content": "Hello", "mentions": [alice.user.user_id], "reply_to": f"{room}:1"}
    for seq in (1, 2):
        his.sends("chat_message", conversationId=room, data=data, clientMessageId=str(seq))
    message = {"messageId": f"{room}:1"}
    his.sends("edit_message", **message, data={"content": "Bye", "mentions": [bob.user.user_id]})
    given: dict[str, Any] = {**message, "data": {"reaction": "👍", "is_on": True}}
    for client in (his, hers, hers):
        client.sends("react", **given)
    his.sends("react", **message, data={"reaction": "👍", "is_on": False})
    next_seq(ConversationId(room))
    hers.sends("react", **given)
    hers.sends("list_reactions", **message)
    his.sends("delete_message", **message)
    hers.sends("react", **given)


def change_conversations(alice: Person, bob: Person) -> None:
    """Rename, pin and give roles, if others do so at the same time and if there is no room."""
    hers, her_phone, his = alice.logs_in(), alice.logs_in(), bob.logs_in()
    room = hers.creates(bob)
    here: dict[str, Any] = {"conversationId": room}
    said = [hers.says(f"number {each}", to=room)["message_id"] for each in range(MAX_PINS + 1)]
    for number in (1, 2):
        vanish(bob, number)
        hers.sends("set_title", **here, data={"title": f"number {number}"})
    later = partial(her_phone.sends, "set_title", **here, data={"title": "hers"})
    with inject_before(alice.simulation, "TransactWriteItems", later):
        hers.sends("set_title", **here, data={"title": "overtaken"})
    for message in said[1:]:
        hers.sends("pin_message", messageId=message)
    hers.sends("delete_message", messageId=said[1])
    hers.sends("pin_message", messageId=said[0])
    hers.sends("unpin_message", messageId=said[0])
    hers.sends("set_role", **here, data={"username": "bob", "role": "owner"})
    his.sends("heartbeat", data={"positions": {room: 1}, "inbox": 0})


def moderate(alice: Person, bob: Person) -> None:
    """Mute, ban and slow down, if others do so at the same time, and if a member is gone."""
    hers, her_phone, his = alice.logs_in(), alice.logs_in(), bob.logs_in()
    room = hers.creates(bob)
    here: dict[str, Any] = {"conversationId": room}
    him = {"username": "bob"}
    hers.sends("mute_member", **here, data=him | {"until": "2030-01-01T00:00:00Z"})
    hers.sends("mute_member", **here, data=him | {"until": "2020-01-01T00:00:00Z"})
    later = partial(her_phone.sends, "set_slow_mode", **here, data={"slow_seconds": 60})
    with inject_before(alice.simulation, "TransactWriteItems", later):
        hers.sends("set_slow_mode", **here, data={"slow_seconds": 30})
    for _ in range(2):
        his.sends("chat_message", **here, data={"content": "Hello"})
    hers.sends("set_slow_mode", **here, data={"slow_seconds": 0})
    his.sends("report_message", messageId=f"{room}:1", requestId="r-1")
    for number in (1, 2):
        vanish(bob, number)
        hers.sends("ban_member", **here, data=him)
        hers.sends("list_bans", **here)
        hers.sends("unban_member", **here, data=him)
        hers.sends("add_members", **here, data={"members": ["bob"]})
    hers.sends("remove_member", **here, data=him)
    hers.sends("ban_member", **here, data=him)


def send_files(recorder: RequestRecorder, alice: Person, bob: Person) -> None:
    """Send, look up and delete files, and have a queue look at what was deleted."""
    hers = alice.logs_in()
    room = hers.creates(bob)
    pictures = [hers.uploads(room) for _ in range(2)]
    sent = hers.shows(*pictures, to=room, clientMessageId="1")
    hers.sends("get_attachments", conversationId=room, data={"attachment_ids": pictures})
    hers.sends("delete_message", messageId=sent["message_id"])
    for keys in recorder.simulation.queues.file_deletions:
        recorder.simulation.consume("delete_files", json.dumps({"keys": keys}))


def register_devices(alice: Person, bob: Person) -> None:
    """Register more devices than a user may have, and end them in each way."""
    # A device is registered by a connection, also if the rest is the backend's.
    hers, phone, his = alice.logs_in(), Person.logs_in(alice), Person.logs_in(bob)
    for number in range(MAX_DEVICES + 1):
        data = {"kind": "web_push", "subscription": subscription(f"device {number}")}
        registered = phone.sends("register_device", data=data)["data"]
    hers.sends("unregister_device", data=registered)
    renew = partial(his.sends, "authenticate", data={"token": his.token})
    with inject_before(alice.simulation, "TransactWriteItems", renew):
        his.sends("register_device", data=data)
    hers.sends("sign_out")


def notify_devices(alice: Person, bob: Person) -> None:
    """Notify a device that accepts, is busy, has read, and is gone."""
    simulation = alice.simulation
    hers, his = alice.logs_in(), bob.logs_in()
    room = hers.creates(bob)
    registers(Person.logs_in(bob), "phone")
    is_notified_of(simulation, hers.says("Hello", to=room))
    simulation.devices.fault = lambda _: Result(Outcome.LATER)
    second = hers.says("Hello", to=room)
    is_notified_of(simulation, second)
    simulation.devices.fault = lambda _: None
    his.sends_without_reply("read_receipt", messageId=second["message_id"])
    works_off(simulation)
    simulation.devices.fault = lambda _: Result(Outcome.GONE)
    is_notified_of(simulation, hers.says("Hello", to=room))


def exceed_rate_limits(speaker: Client, room: str) -> None:
    """Send frames of each kind that are counted, and one that is throttled."""
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


def talk_in_a_big_room(alice: Person, bob: Person) -> None:
    """Send what is found on a roster that is not read to its end."""
    simulation = alice.simulation
    speaker = alice.logs_in()
    room = speaker.creates(bob)
    vanish(bob, 3)
    usual, simulation.services = simulation.services, simulation.with_limits(big_room_connections=1)
    message = speaker.says("Hello", to=room)["message_id"]
    vanish(bob, 3)
    speaker.sends("typing", conversationId=room, requestId="r")
    speaker.sends("read_receipt", messageId=message, requestId="r")
    simulation.services = usual


def talk_in_a_batched_room(recorder: RequestRecorder, alice: Person, bob: Person) -> None:
    """Send, change and moderate in a room whose frames wait for a wake."""
    simulation = recorder.simulation
    usual = simulation.services
    hers, his = alice.logs_in(), bob.logs_in()
    room = hers.creates(bob)
    erin = Person(simulation, f"erin-{room}")
    fill_conversation(simulation, room, FIRST_ROWS + 2)
    simulation.services = simulation.with_limits(batch_room_connections=1)
    here, message = {"conversationId": room}, {"messageId": f"{room}:1"}
    hers.says("Hello", to=room)
    deliver_all(simulation)
    hers.says("Hello again", to=room)
    hers.sends("edit_message", **message, data={"content": "Bye"})
    his.sends("react", **message, data={"reaction": "👍", "is_on": True})
    next_seq(ConversationId(room))
    hers.sends("set_title", **here, data={"title": "Tea"})
    deliver_all(simulation)
    added = {"members": [erin.user.username]}
    for type_, client, data in (
        ("add_members", hers, added),
        ("remove_member", hers, {"username": erin.user.username}),
        ("leave_conversation", his, {}),
    ):
        # So that this function claims the next wake.
        simulation.advance_time(CLAIM_MS / 1000)
        client.sends(type_, **here, data=data)
    simulation.queues.clear()
    simulation.services = usual


def exceed_connection_limit(alice: Person) -> None:
    """Let a member exceed the limit of connections."""
    simulation, usual = alice.simulation, alice.simulation.services
    alice.logs_in()
    simulation.services = simulation.with_limits(connections_per_user=1)
    proof = {"username": alice.user.username, "password": PASSWORD_OF_ALL}
    simulation.send(simulation.connect(), {"type": "authenticate", "data": proof})
    simulation.services = usual


def join_and_leave(alice: Person, bob: Person, carol: Person) -> None:
    owner = alice.logs_in()
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
        leaver = carol.logs_in()
        vanish(bob, number)
        owner.sends("add_members", conversationId=room, data={"members": ["carol"]})
        vanish(bob, 2)
        leaver.sends("leave_conversation", conversationId=room)
        owner.sends("add_members", conversationId=room, data={"members": ["carol"]})
        vanish(bob, 2)
        owner.sends("remove_member", conversationId=room, data=named)
    bob.logs_in().closes()
    owner.sends("leave_conversation", conversationId=room)
    myself = {"username": alice.user.username}
    his = bob.logs_in()
    for type_, data in (("remove_member", myself), ("leave_conversation", {})):
        room = owner.creates(bob, carol)
        leaves = partial(his.sends, "leave_conversation", conversationId=room)
        with inject_before(alice.simulation, "TransactWriteItems", leaves):
            owner.sends(type_, conversationId=room, data=data)


def end_sessions_of_users(alice: Person, dave: Person) -> None:
    simulation, username = alice.simulation, dave.user.username
    alice.logs_in().creates(dave)
    dave.logs_in().sends("sign_out")
    dave.logs_in()
    dave.logs_in().sends("sign_out")
    proof = {"username": alice.user.username, "password": PASSWORD_OF_ALL}
    dave.logs_in().sends("authenticate", data=proof)
    dave.logs_in().sends("authenticate", data=proof | {"password": "a guess"})
    found = find_credential(username)
    assert found
    replace_password_hash(username, found.password_hash, WEAK_HASHER.hash(PASSWORD_OF_ALL))
    dave.logs_in().closes()
    with sign_out_concurrently(username):
        simulation.send(
            simulation.connect(),
            {"type": "authenticate", "data": {"username": username, "password": PASSWORD_OF_ALL}},
        )


def every_example(alice: Person, bob: Person) -> None:
    """Send the example of each route, so that new functions are included."""
    for route in ROUTES:
        speaker = alice.logs_in()
        room = speaker.creates(bob)
        # What the example of `search` finds.
        speaker.says("Bob, look at this.", to=room)
        example = request_of(route).frame
        places = {"conversationId": room, "messageId": f"{room}:1"}
        here = {name: place for name, place in places.items() if name in example}
        speaker.sends(route, **example | here)


@contextmanager
def sign_out_concurrently(username: Username) -> Iterator[None]:
    """Sign a user out just before the concurrent requests."""

    def together(*calls: Callable[[], Any]) -> list[Any]:
        refuse_older_tokens(username)
        return one_by_one(*calls)

    inject_before = Pairing.together
    Pairing.together = staticmethod(together)
    try:
        yield
    finally:
        Pairing.together = inject_before


def watch_presence(recorder: RequestRecorder) -> None:
    """Watch a user who comes and goes, while others do so, and if watchers are gone."""
    simulation = recorder.simulation
    gina, hans = Person(simulation, "gina"), Person(simulation, "hans")
    hers, his = gina.logs_in(), hans.logs_in()
    here: dict[str, Any] = {"conversationId": hers.creates(hans)}
    both = here | {"data": {"user_ids": [gina.user.user_id, hans.user.user_id]}}
    his.sends("watch_presence", **here, data={"user_ids": [hans.user.user_id]})
    with inject_before(
        simulation, "UpdateItem", lambda: his.sends("watch_presence", **both), after=2
    ):
        hers.sends("watch_presence", **both)
    hers.sends("watch_presence", **here, data={"user_ids": []})
    hers.sends("watch_presence", **both)
    exceed_connection_limit(gina)
    usual, simulation.services = simulation.services, simulation.with_limits(offline_seconds=0)
    for number in (1, 2):
        gone = [gina.logs_in() for _ in range(number)]
        for watcher in gone:
            watcher.sends("watch_presence", **both)
            watcher.closes(announced=False)
        his.closes()
        simulation.consume("presence", json.dumps({"user_id": hans.user.user_id}))
        his = hans.logs_in()
        simulation.consume("presence", json.dumps({"user_id": hans.user.user_id}))
    simulation.services = usual
    hers.sends("sign_out")
    his.sends("watch_presence", **both)
    Backend(simulation).sends("hans", "sign_out")


def queues(recorder: RequestRecorder, alice: Person, bob: Person) -> None:
    simulation = recorder.simulation
    connection_id = simulation.connect()
    for queue in ("greet", "auth_deadline"):
        simulation.consume(queue, json.dumps({"connection_id": connection_id}))
    room = ConversationId(alice.logs_in().creates(bob))
    for number in (1, 2):
        gone = [bob.logs_in() for _ in range(number)]
        for client in gone:
            client.closes(announced=False)
        with recorder.within("fanout"):
            ids = [each.connection_id for each in gone]
            fanout(Shard(room, ids, [QueuedFrame(b"{}")]), simulation.services)


def create_users(simulation: Simulation) -> None:
    backend = Backend(simulation)
    backend.calls("shop", create_users=True)
    usual = simulation.services
    simulation.services = simulation.with_limits(external_issuer="https://login.example.com/")
    backend.calls("dora", create_users=True, subject="42")
    simulation.services = usual
    backend.calls("shop", {"type": "history", "conversationId": "nowhere"}, as_operator=True)
    late = Person(simulation, "late").logs_in()
    proof = {"username": "late", "password": PASSWORD_OF_ALL}
    with inject_before(
        simulation, "TransactWriteItems", lambda: late.sends("authenticate", data=proof)
    ):
        backend.sends("late", "sign_out")


def relay_events(recorder: RequestRecorder, alice: Person, bob: Person) -> None:
    """Relay all kinds of numbers, once from a sweep and once to a consumer that fails."""
    relay, hers = Relay(recorder.simulation), alice.logs_in()
    room = hers.creates(bob)
    hers.says("Hello", to=room)
    next_seq(ConversationId(room))
    with recorder.within("relay_events"):
        relay.wakes(room, "deleted")
        relay.wakes(room)
    hers.sends("edit_message", messageId=f"{room}:1", data={"content": "Bye"})
    hers.sends("set_title", conversationId=room, data={"title": "Tea"})
    with recorder.within("relay_events"):
        relay.wakes(room)
    relay.consumer.answers_with(lambda _: "HTTP 410")
    with recorder.within("relay_events"):
        relay.sweeps()


@pytest.fixture(scope="module")
def requests() -> Requests:
    """Record the story as clients tell it, and as the owner's backend tells it for them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        by_clients, by_backend = story(Person), story(ServedPerson)
    return by_clients | {BACKEND: by_backend[BACKEND]}


def story(kind: type[Person]) -> Requests:
    with mock_aws():
        recorder = RequestRecorder()
        recorder.simulation.services = recorder.simulation.with_limits(
            web_push="true", people_directory="true"
        )
        names = ("alice", "bob", "carol", "dave")
        alice, bob, carol, dave = (kind(recorder.simulation, name) for name in names)
        with recorder.noting():
            send_messages(alice, bob)
            change_messages(alice, bob)
            react_and_mention(alice, bob)
            send_files(recorder, alice, bob)
            register_devices(alice, bob)
            notify_devices(alice, bob)
            change_conversations(alice, bob)
            moderate(alice, bob)
            join_and_leave(alice, bob, carol)
            end_sessions_of_users(alice, dave)
            talk_in_a_big_room(alice, bob)
            talk_in_a_batched_room(recorder, alice, bob)
            exceed_connection_limit(alice)
            every_example(alice, bob)
            queues(recorder, alice, bob)
            watch_presence(recorder)
            create_users(recorder.simulation)
            relay_events(recorder, alice, bob)
        return recorder.requests


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_function_is_granted_exactly_what_it_uses(requests: Requests, function: Function) -> None:
    granted = {
        (grant.action, grant.target)
        for grant in function.grants
        if grant.action.startswith("dynamodb:")
    }

    assert granted == requests[function.folder.name]
