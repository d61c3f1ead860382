"""Every two actions that touch a roster, at the same time.

In no order does a row speak for a session that is gone, nor will one when somebody joins later.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement

import pytest

from chat.storage.roster_changes import delete_entries
from testing.group import Action, Group, Results, copy_of_group, run_interleaved
from testing.invariants import check_invariants, members_of
from testing.people import Client
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.sockets import Frame

BY_PASSWORD: Frame = {
    "type": "authenticate",
    "data": {"username": "bob", "password": PASSWORD_OF_ALL},
}
ORDERS = 4
SOAKED_ORDERS = 500


def phone_of(room: Group) -> Client:
    phone = room.arriving(room.his)
    room.authenticates(phone)()
    return phone


def creates(kind: str) -> Callable[[Group], Action]:
    data = {"kind": kind, "members": ["bob"]}
    return lambda room: room.sends(room.hers, {"type": "create_conversation", "data": data})


def says_though_missing(room: Group) -> Action:
    """Say something on a connection that is missing on the roster, so that it is put there."""
    delete_entries([room.conversation], [room.his.connection_id])
    return room.says(room.his, "Hello")


def meets_deadline(room: Group) -> Action:
    body = f'{{"connection_id":"{room.his.connection_id}"}}'
    return lambda: room.simulation.consume("auth_deadline", body)


ACTIONS: dict[str, Callable[[Group], Action]] = {
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
    simulation: Simulation, one: str, other: str, *, is_member: bool
) -> None:
    room = copy_of_group(simulation, with_bob=is_member)

    def and_then(_: Results) -> None:
        if members_of(room.conversation) >= {room.hers.user.user_id}:
            room.adds(room.hers)()
        creates("direct")(room)()
        check_invariants(room.simulation)

    run_interleaved(
        room,
        check=and_then,
        at_most=ORDERS,
        soaked=SOAKED_ORDERS,
        one=ACTIONS[one](room),
        other=ACTIONS[other](room),
    )
