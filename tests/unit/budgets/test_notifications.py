"""What notifying costs in the tables, for one message to a room that nobody reads it in.

docs/cost.md shows these numbers.
"""

import pytest

from chat.storage.tables import ConversationRow, DeviceOwnerRow, DeviceRow, MembershipRow
from testing.capacity_meter import metered
from testing.devices import AUTH, P256DH, endpoint
from testing.notified import streams, turn_on_web_push, works_off
from testing.people import Client, Person
from testing.simulation import Simulation
from testing.stored import find_stored
from tests.unit.docs.pages import DOCS, table

UNITS = {
    int(members): (float(reads), float(writes))
    for members, reads, writes, *_ in table(DOCS / "cost.md", "members, each with a device")
}


def room_of(simulation: Simulation, hers: Client, members: int) -> str:
    """Fill a room with members who each registered a device, below the rules to be quick."""
    room = hers.creates(title="A room")
    for number in range(members - 1):
        user_id, device_id = f"user-{number:04}", f"{number:043}"
        MembershipRow(
            user_id, room, username=f"member{number:04}", role="member", joined_at=simulation.now_ms
        ).save()
        expires_at = simulation.now_ms // 1000 + 1000
        DeviceOwnerRow(user_id, device_ids={device_id}, expires_at=expires_at).save()
        DeviceRow(
            device_id,
            user_id=user_id,
            endpoint=endpoint(f"a-usual-length-of-an-address-is-two-hundred-{number:0150}"),
            p256dh=P256DH,
            auth=AUTH,
            registered_at=simulation.now_ms,
            expires_at=expires_at,
        ).save()
    ConversationRow(room).update(actions=[ConversationRow.member_count.set(members)])
    return room


@pytest.mark.parametrize("members", [2, 10, 100])
def test_units_for_a_message_are_those_of_the_cost_page(
    simulation: Simulation, alice: Person, members: int
) -> None:
    turn_on_web_push(simulation)
    hers = alice.logs_in()
    said = hers.says("Hello", to=room_of(simulation, hers, members))

    with metered(simulation.dynamodb, find_stored) as bill:
        streams(simulation, said)
        while simulation.queues.notices:
            works_off(simulation)

    assert len(simulation.devices.tried) == members - 1
    assert (bill.read_units, bill.write_units) == UNITS[members]


def test_sending_a_message_costs_the_same_with_web_push(
    simulation: Simulation, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    room = hers.creates(bob)
    hers.says("Hello", to=room)
    bills = []
    for web_push in ("false", "true"):
        simulation.services = simulation.with_limits(web_push=web_push)
        with metered(simulation.dynamodb, find_stored) as bill:
            hers.says("Hello", to=room)
        bills.append((bill.read_units, bill.write_units))

    assert bills[0] == bills[1]
