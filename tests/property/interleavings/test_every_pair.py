"""Every two actions that touch a roster, at the same time.

In no order does a row speak for a session that is gone, nor will one when somebody joins later.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement

import pytest

from chat.storage.roster_changes import delete_entries
from tests.world.people import Client
from tests.world.room import Action, Results, Room, copied, crossing
from tests.world.sockets import Frame
from tests.world.truth import check_tables, members_of
from tests.world.world import PASSWORD_OF_ALL, World

BY_PASSWORD: Frame = {
    "type": "authenticate",
    "data": {"username": "bob", "password": PASSWORD_OF_ALL},
}
ORDERS = 4
SOAKED_ORDERS = 500


def phone_of(room: Room) -> Client:
    phone = room.arriving(room.his)
    room.authenticates(phone)()
    return phone


def creates(kind: str) -> Callable[[Room], Action]:
    data = {"kind": kind, "members": ["bob"]}
    return lambda room: room.sends(room.hers, {"type": "create_conversation", "data": data})


def says_though_missing(room: Room) -> Action:
    """Say something on a connection that is missing on the roster, so that it is put there."""
    delete_entries([room.conversation], [room.his.connection_id])
    return room.says(room.his, "Hello")


def meets_deadline(room: Room) -> Action:
    body = f'{{"connection_id":"{room.his.connection_id}"}}'
    return lambda: room.world.consume("auth_deadline", body)


ACTIONS: dict[str, Callable[[Room], Action]] = {
    "a fresh connection authenticates": lambda room: room.authenticates(room.arriving(room.his)),
    "a session is renewed": lambda room: room.authenticates(room.his),
    "a password is given": lambda room: room.sends(room.his, BY_PASSWORD),
    "the deadline comes": meets_deadline,
    "he signs out": lambda room: room.asks(room.his, "sign_out"),
    "he signs out elsewhere": lambda room: room.asks(phone_of(room), "sign_out"),
    "he is added": lambda room: room.adds(room.hers),
    "he is removed": lambda room: room.removes(room.her_phone),
    "he leaves": lambda room: room.asks(room.his, "leave_conversation"),
    "a group begins": creates("group"),
    "a direct conversation begins": creates("direct"),
    "he sends": says_though_missing,
    "his socket closes": lambda room: room.disconnects(room.his),
}


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "stranger"])
@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(ACTIONS, 2)))
def test_no_row_speaks_for_a_session_that_is_gone(
    world: World, one: str, other: str, *, is_member: bool
) -> None:
    room = copied(world, with_bob=is_member)

    def and_then(_: Results) -> None:
        if members_of(room.conversation) >= {room.hers.user.user_id}:
            room.adds(room.hers)()
        creates("direct")(room)()
        check_tables(room.world)

    crossing(
        room,
        check=and_then,
        at_most=ORDERS,
        soaked=SOAKED_ORDERS,
        one=ACTIONS[one](room),
        other=ACTIONS[other](room),
    )
