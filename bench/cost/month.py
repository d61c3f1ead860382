"""A month of a crowd: what people who are online do, and what that takes."""

from bench.cost.frames import Assumed, Counted, frame, invocation
from bench.cost.usage import Usage

HOURS = 730.0
MINUTES = HOURS * 60


def month(users: float, heartbeat_seconds: float, counted: Counted, assuming: Assumed) -> Usage:
    """Give what so many people take who are online all the time."""
    talking = hour_of_talking(counted, assuming) * HOURS
    alive = heartbeat(counted, assuming) * (HOURS * 3_600 / heartbeat_seconds)
    return (talking + alive + Usage(connection_minutes=MINUTES)) * users


def heartbeat(counted: Counted, assuming: Assumed) -> Usage:
    """Give what a heartbeat takes that says where a conversation stands."""
    work = counted["heartbeat with positions"][10]
    return frame(work, 1, replied=True, assuming=assuming.in_background())


def hour_of_talking(counted: Counted, assuming: Assumed) -> Usage:
    person = assuming.person
    room = int(person["room"])

    def one(name: str, *, replied: bool) -> Usage:
        work = counted[name][room]
        return frame(work, room, replied=replied, assuming=assuming.of_frame(name))

    message = one("chat_message", replied=True)
    typing = one("typing", replied=False)
    message += typing * person["typing_a_message"]
    receipts = one("read_receipt", replied=False) * person["receipts"]
    return (
        message * person["messages"] + receipts + connecting(counted, assuming) * person["connects"]
    )


def connecting(counted: Counted, assuming: Assumed) -> Usage:
    """Give what coming takes: connecting, greeting, deadline, authenticating, reading, leaving."""
    authenticated = counted["authenticate"][50]
    history = frame(counted["history"][10], 1, replied=True, assuming=assuming)
    opening = invocation(1, 0, 0, assuming) + Usage(write_units=1, queue_requests=6)
    greeting = invocation(1, 2, 0, assuming) + Usage(read_units=1, messages=2)
    deadline = invocation(1, 0, 0, assuming.in_background()) + Usage(write_units=1)
    leaving = invocation(5, 0, 0, assuming.in_background()) + Usage(
        read_units=3, write_units=2 + 20
    )
    proof = frame(authenticated, 1, replied=True, assuming=assuming)
    # A row of the roster is written for each conversation, twice a unit in its transaction.
    fewer = 2 * (50 - assuming.person["conversations"])
    proof += Usage(write_units=-fewer)
    reading = history * assuming.person["histories_a_connect"]
    return opening + greeting + deadline + proof + reading + leaving
