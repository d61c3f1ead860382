"""The client's times."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Every span of time that the client keeps to, in seconds."""

    connect_seconds: float = 10.0
    """To open a socket."""
    request_seconds: float = 15.0
    """To answer a request. A cold Lambda function that hashes a password takes seconds."""
    expedited_seconds: float = 2.0
    """What is left to pending requests once API Gateway says that one of them failed."""
    heartbeat_seconds: float = 10.0
    """To answer a heartbeat. Then the connection counts as dead."""
    token_seconds: float = 30.0
    """For the token provider to return a token."""
    backoff_base_seconds: float = 1.0
    """Full jitter: a delay is drawn from 0 to the base doubled by every attempt, up to the cap."""
    backoff_cap_seconds: float = 30.0
    stable_seconds: float = 5.0
    """A connection that held for so long restarts the backoff."""
    gap_seconds: float = 0.25
    """How long a message that came too early waits before those before it are asked for."""
    typing_seconds: float = 3.0
    """Least span between two notices that the user is typing. Others let one lapse after 6 s."""
    call_seconds: float = 120.0
    """For any request but a message, over as many connections as it takes."""
    send_seconds: float = 23 * 3_600.0
    """For a message. The service knows a `client_message_id` for 24 hours."""
    renew_least_seconds: float = 60.0
    """Least span between two renewals of a session."""
    page_again_seconds: float = 30.0
    """After how long a page of history that failed is asked for again."""
    close_seconds: float = 5.0
    """For the closing handshake of a socket, and for a bot's handlers to end."""

    def backoff(self, attempt: int, random: Callable[[], float]) -> float:
        """Draw the delay before an attempt, counted from 0."""
        ceiling = self.backoff_base_seconds * 2.0 ** min(attempt, 32)
        return random() * min(self.backoff_cap_seconds, ceiling)
