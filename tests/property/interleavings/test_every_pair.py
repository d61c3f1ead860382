"""Every pair of actions that change a roster, run concurrently.

In no order does a roster row outlive its session, nor count again when the user joins later.
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
FIRST_MESSAGE = 2
"""If bob is a member, adding him has taken number 1, and he has sent this."""

ORDERS = 4
SOAKED_ORDERS = 500


def phone_of(group: Group) -> Client:
    phone = group.unauthenticated_client(group.his)
    group.authenticates(phone)()
    return phone


def create_conversation(kind: str) -> Callable[[Group], Action]:
    data = {"kind": kind, "members": ["bob"]}
    return lambda group: group.sends(group.hers, {"type": "create_conversation", "data": data})


def send_without_roster_row(group: Group) -> Action:
    """Send a message on a connection that is missing on the roster, so that its row is restored."""
    delete_entries([group.conversation], [group.his.connection_id])
    return group.says(group.his, "Hello")


def reaches_deadline(group: Group) -> Action:
    body = f'{{"connection_id":"{group.his.connection_id}"}}'
    return lambda: group.simulation.consume("auth_deadline", body)


ACTIONS: dict[str, Callable[[Group], Action]] = {
    "a fresh connection authenticates": lambda group: group.authenticates(
        group.unauthenticated_client(group.his)
    ),
    "a session is renewed": lambda group: group.authenticates(group.his),
    "a password is given": lambda group: group.sends(group.his, BY_PASSWORD),
    "the deadline comes": reaches_deadline,
    "he signs out": lambda group: group.requests(group.his, "sign_out"),
    "he signs out elsewhere": lambda group: group.requests(phone_of(group), "sign_out"),
    "he is added": lambda group: group.adds(group.hers),
    "he is removed": lambda group: group.removes(group.her_phone),
    "he leaves": lambda group: group.requests(group.his, "leave_conversation"),
    "a group begins": create_conversation("group"),
    "a direct conversation begins": create_conversation("direct"),
    "he sends": send_without_roster_row,
    "he edits": lambda group: group.edits(group.his, FIRST_MESSAGE, "edited"),
    "an owner deletes": lambda group: group.deletes(group.hers, FIRST_MESSAGE),
    "his socket closes": lambda group: group.disconnects(group.his),
}


@pytest.mark.parametrize("is_member", [True, False], ids=["member", "stranger"])
@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(ACTIONS, 2)))
def test_no_roster_row_outlives_its_session(
    simulation: Simulation, one: str, other: str, *, is_member: bool
) -> None:
    group = copy_of_group(simulation, with_bob=is_member)
    if is_member:
        group.says(group.his, "mine")()

    def check_after_adding(_: Results) -> None:
        if members_of(group.conversation) >= {group.hers.user.user_id}:
            group.adds(group.hers)()
        create_conversation("direct")(group)()
        check_invariants(group.simulation)

    run_interleaved(
        group,
        check=check_after_adding,
        at_most=ORDERS,
        soaked=SOAKED_ORDERS,
        one=ACTIONS[one](group),
        other=ACTIONS[other](group),
    )
