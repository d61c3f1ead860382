"""How long a server asks to be left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.push.retry_after import retry_after_seconds

# Fri, 27 Nov 2026 09:00:00 GMT
NOW_MS = 1_795_770_000_000


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0),
        (b"120", 120),
        (b"fri, 27 nov 2026 09:02:00 gmt", 120),
        (b"fri, 27 nov 2026 08:59:00 gmt", 0),
        (b"friday, 27-nov-26 09:02:00 gmt", 120),
    ],
)
def test_seconds_and_dates_are_waited_for(value: bytes, seconds: float) -> None:
    assert retry_after_seconds(value, NOW_MS) == seconds


@pytest.mark.parametrize(
    "value", [None, b"", b"soon", b"-5", b"1.5", b"1e9", b"\xb2", b"fri, 99 nov 2026 09:02:00 gmt"]
)
def test_what_cannot_be_read_asks_for_no_wait(value: bytes | None) -> None:
    assert retry_after_seconds(value, NOW_MS) == 0


def test_number_of_any_length_is_read() -> None:
    assert retry_after_seconds(b"9" * 10_000, NOW_MS) > 10**9


@given(st.binary())
def test_any_value_is_survived(value: bytes) -> None:
    assert retry_after_seconds(value, NOW_MS) >= 0
