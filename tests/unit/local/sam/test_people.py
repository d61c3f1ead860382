"""The recorded connections, and who stands for them."""

from local.sam.people import RECORDED
from tests.integration.runtime import recorded

PEOPLE = {
    "alice": recorded.ALICE,
    "bob": recorded.BOB,
    "carol": recorded.CAROL,
    "unauthenticated": recorded.UNAUTHENTICATED,
}
# One is not open yet, the other cannot be had at once: a session that is over.
NOBODYS = {recorded.BEING_OPENED, recorded.SESSION_OVER}


def test_each_person_has_the_connection_that_the_events_were_recorded_on() -> None:
    assert {connection: name for name, connection in PEOPLE.items()} == RECORDED


def test_every_recorded_connection_is_somebodys() -> None:
    connections = {
        event["requestContext"]["connectionId"]
        for event in recorded.EVENTS.values()
        if "requestContext" in event
    }

    assert connections <= RECORDED.keys() | NOBODYS
