"""API Gateway's quotas for WebSocket APIs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""

from dataclasses import dataclass

FRAME_BYTES = 32 * 1024
MESSAGE_BYTES = 128 * 1024


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How long things may take. The defaults are AWS's; a test shortens them."""

    idle_seconds: float = 600
    duration_seconds: float = 7200
    integration_seconds: float = 29
    # AWS does not document its values of the next two.
    closing_seconds: float = 5
    full_buffer_seconds: float = 1
