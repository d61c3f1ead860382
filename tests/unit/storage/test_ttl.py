from chat.protocol.limits import MAX_CONNECTION_SECONDS
from chat.storage.ttl import SENT_SECONDS, connection_row_expires_at


def test_a_row_outlives_every_connection() -> None:
    assert connection_row_expires_at(0) > MAX_CONNECTION_SECONDS
    assert connection_row_expires_at(1_999) == connection_row_expires_at(0) + 1


def test_a_client_message_id_is_kept_for_a_day() -> None:
    assert SENT_SECONDS == 24 * 60 * 60
