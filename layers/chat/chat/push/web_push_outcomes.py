"""What becomes of a message to a device. Apart from Web Push itself, whose imports take long."""

from enum import Enum
from typing import Literal

from msgspec import Struct

type Urgency = Literal["normal", "high"]


class Outcome(Enum):
    SENT = "accepted by the push service"
    GONE = "the device is no longer subscribed, or can never be reached"
    LATER = "certainly not accepted; it may be sent again"
    REFUSED = "not accepted, and it would not be another time"
    UNKNOWN = "no answer: it may have been accepted"


class Result(Struct, frozen=True):
    outcome: Outcome
    retry_after_seconds: int = 0
    """How long the push service asks to wait; 0 if it does not say."""
