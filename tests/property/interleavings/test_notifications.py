"""Notifying while the member reads, signs out, is removed, or registers again."""

from collections.abc import Mapping

import pytest

from chat.actions.notify import notify
from chat.protocol.ids import ConversationId
from chat.push.notices import Notice
from chat.push.web_push_outcomes import Outcome, Result
from testing.devices import subscription
from testing.group import Action, Group, Results
from testing.interleavings import explore_all, explore_interruptions, explore_some
from testing.invariants import rows
from testing.notified import registers, turn_on_web_push, works_off
from testing.people import Client
from testing.profiles import is_soaking
from testing.scheduler import Scheduler
from testing.sockets import Frame
from testing.steps import Step

type World = tuple[Group, Notice, str]

ORDERS = 2_000 if is_soaking() else 60


@pytest.fixture
def world(group_with_bob: Group) -> World:
    """Give a group where Bob has a phone, and a message that nobody has read."""
    turn_on_web_push(group_with_bob.simulation)
    phone = registers(group_with_bob.his, "phone")
    said = group_with_bob.says(group_with_bob.hers, "Hello")()
    conversation = ConversationId(group_with_bob.conversation)
    notice = Notice(conversation_id=conversation, seqs=(said["data"]["seq"],))
    return group_with_bob, notice, phone


def notifies(world: World) -> Action:
    group, notice, _ = world
    return lambda: notify(notice, group.simulation.services)


def reads(world: World) -> Action:
    group, notice, _ = world
    message = f"{notice.conversation_id}:{notice.seqs[0]}"
    frame = {"type": "read_receipt", "messageId": message}
    return lambda: group.simulation.send(group.his.connection_id, frame)


def messages_to(world: World) -> list[int]:
    group, _, phone = world
    received = group.simulation.devices.received[phone]
    return [each["seq"] for each in received if each["type"] == "message"]


def says_more(group: Group, client: Client) -> Notice:
    said = group.says(client, "More")()
    return Notice(conversation_id=ConversationId(group.conversation), seqs=(said["data"]["seq"],))


def test_what_was_read_does_not_stay_on_the_screen(world: World) -> None:
    group, _, phone = world

    def check(_: Results) -> None:
        while group.simulation.queues.notices:
            works_off(group.simulation)
        assert group.simulation.devices.shown(phone) == {}
        assert rows("NotifiedTable") == []

    runs = explore_all(
        group.simulation,
        lambda: {"notify": notifies(world), "read": reads(world)},
        check,
    )

    assert runs > 1


def deletes(world: World) -> Action:
    """Delete the message, and withdraw its notifications at once."""
    group, notice, _ = world
    message = f"{notice.conversation_id}:{notice.seqs[0]}"
    frame = {"type": "delete_message", "messageId": message}

    def delete() -> None:
        group.simulation.send(group.hers.connection_id, frame)
        works_off(group.simulation)

    return delete


def test_what_was_deleted_does_not_stay_on_the_screen(world: World) -> None:
    group, _, phone = world

    def check(_: Results) -> None:
        while group.simulation.queues.notices:
            works_off(group.simulation)
        assert group.simulation.devices.shown(phone) == {}
        assert rows("NotifiedTable") == []

    runs = explore_interruptions(
        group.simulation, lambda: {"notify": notifies(world), "delete": deletes(world)}, check
    )

    assert runs > 1


def test_two_deliveries_of_a_message_notify_once(world: World) -> None:
    group, _, _ = world

    def check(_: Results) -> None:
        assert len(messages_to(world)) == 1

    runs = explore_all(
        group.simulation,
        lambda: {"notify": notifies(world), "again": notifies(world)},
        check,
        at_most=200,
    )

    assert runs > 1


def test_two_messages_at_once_leave_the_newer_one_on_the_screen(world: World) -> None:
    group, first, _ = world
    second = says_more(group, group.hers)
    services = group.simulation.services

    def check(_: Results) -> None:
        seqs = messages_to(world)
        assert len(set(seqs)) == len(seqs)
        [shown] = rows("NotifiedTable")
        assert shown["seq"] == second.seqs[0] == max(seqs)

    runs = explore_all(
        group.simulation,
        lambda: {
            "first": lambda: notify(first, services),
            "second": lambda: notify(second, services),
        },
        check,
        at_most=200,
    )

    assert runs > 1


def ends_after_the_claim(ready: Mapping[str, Step]) -> str:
    """Take the steps of `end` as soon as `notify` has claimed the notification."""
    by_action = {task.partition(":")[0].partition(".")[0]: task for task in ready}
    if "end" in by_action and rows("NotifiedTable"):
        return by_action["end"]
    return by_action.get("notify") or next(iter(ready))


@pytest.mark.parametrize("how", ["removed", "signed out", "deleted"])
def test_nothing_is_sent_after_what_ended_it_was_answered(world: World, how: str) -> None:
    group, _, _ = world
    ends = {
        "removed": group.removes(group.hers),
        "signed out": group.requests(group.his, "sign_out"),
        "deleted": deletes(world),
    }

    Scheduler(group.simulation, ends_after_the_claim).run(
        {"notify": notifies(world), "end": ends[how]}
    )

    assert messages_to(world) == []
    assert rows("NotifiedTable") == []


@pytest.mark.parametrize("how", ["removed", "signed out"])
def test_member_who_is_out_is_notified_of_nothing_that_comes_later(world: World, how: str) -> None:
    group, _, _ = world
    sign_out = group.requests(group.his, "sign_out")
    ends = group.removes(group.hers) if how == "removed" else sign_out

    def check(_: Results) -> None:
        before = list(messages_to(world))
        later = says_more(group, group.hers)
        notify(later, group.simulation.services)
        while group.simulation.queues.notices:
            works_off(group.simulation)
        assert messages_to(world) == before

    runs = explore_all(
        group.simulation, lambda: {"notify": notifies(world), "end": ends}, check, at_most=300
    )

    assert runs > 1


def test_device_that_is_registered_while_its_user_signs_out_is_not_notified(world: World) -> None:
    group, notice, _ = world
    data = {"kind": "web_push", "subscription": subscription("phone")}
    register: Frame = {"type": "register_device", "data": data}

    def check(_: Results) -> None:
        assert [row for row in rows("DevicesTable") if row["user_id"] == "user-bob"] == []
        notify(notice, group.simulation.services)
        assert messages_to(world) == []

    runs = explore_all(
        group.simulation,
        lambda: {
            "register": group.sends(group.his, register),
            "sign_out": group.requests(group.his, "sign_out"),
        },
        check,
        at_most=300,
    )

    assert runs > 1


@pytest.mark.parametrize("outcome", [None, Outcome.LATER, Outcome.UNKNOWN, Outcome.GONE])
def test_no_notification_is_tried_again_that_may_have_been_accepted(
    world: World, outcome: Outcome | None
) -> None:
    group, notice, phone = world
    group.simulation.devices.fault = lambda _: Result(outcome) if outcome else None

    def check(_: Results) -> None:
        group.simulation.devices.fault = lambda _: None
        notify(notice, group.simulation.services)
        while group.simulation.queues.notices:
            works_off(group.simulation)
        group.simulation.devices.fault = lambda _: Result(outcome) if outcome else None
        accepted = [
            each
            for to, each, result in group.simulation.devices.tried
            if to == phone
            and each["type"] == "message"
            and result.outcome in (Outcome.SENT, Outcome.UNKNOWN)
        ]
        assert len(accepted) <= 1

    runs = explore_some(
        group.simulation,
        lambda: {
            "notify": notifies(world),
            "again": notifies(world),
            "read": reads(world),
        },
        check,
        number=ORDERS,
    )

    assert runs == ORDERS
