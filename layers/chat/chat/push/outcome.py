"""What became of one push: a value, since one failing connection is an everyday thing."""

import enum


class Outcome(enum.Enum):
    DELIVERED = "delivered"
    """API Gateway took the frame for this connection."""

    GONE = "gone"
    """The connection no longer exists: its row may be deleted."""

    SLOW = "slow"
    """Refused with 429 to the end: the client's buffer is full, or the account is throttled."""

    FAILED = "failed"
    """Anything else. The frame may have arrived all the same, if only its answer was lost."""
