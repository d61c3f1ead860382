from datetime import datetime

import pytest

from chat.protocol.encoding import rfc3339


@pytest.mark.parametrize(
    ("at_ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (1_795_371_554_123, "2026-11-22T18:19:14.123Z"),
        (1_795_371_554_000, "2026-11-22T18:19:14.000Z"),
        (1_795_371_554_999, "2026-11-22T18:19:14.999Z"),
        (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ],
)
def test_a_time_is_utc_with_milliseconds(at_ms: int, text: str) -> None:
    assert rfc3339(at_ms) == text


@pytest.mark.parametrize("at_ms", [1_795_371_554_123, 951_782_400_007])
def test_a_time_keeps_its_millisecond(at_ms: int) -> None:
    read = datetime.fromisoformat(rfc3339(at_ms))

    assert round(read.timestamp() * 1000) == at_ms
