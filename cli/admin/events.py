"""What an operator does to events: look how far they are, send them again, change the secret."""

import json
import secrets
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from chat.protocol.ids import ConversationId
from chat.push.webhook_signature import shown_secret
from chat.runtime.rotation import KEY_BYTES, next_keys
from chat.storage.conversations import find_conversation
from chat.storage.relays import (
    RelayKey,
    RelayState,
    find_relay,
    find_stops,
    resume_sink,
    retry_now,
    rewind,
    waiting,
)
from chat.storage.tables import ConversationRow
from cli.errors import CommandRefused

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager.client import SecretsManagerClient

COUNTED = 10_000
"""How many waiting conversations are counted at most."""


class SinkStatus(Struct, frozen=True):
    sink: str
    waiting: int
    waiting_since: int | None
    stopped_at: int | None


def sink_status(sink: str) -> SinkStatus:
    """Count the conversations whose events wait for a sink, up to ten thousand."""
    found = waiting(sink, COUNTED)
    since = min((each.since for each in found), default=None)
    return SinkStatus(sink, len(found), since, find_stops().get(sink))


def relay_status(conversation_id: ConversationId, sink: str) -> tuple[RelayState | None, int]:
    """Read how far a conversation's events were sent, and its last number.

    Raises:
        CommandRefused: there is no such conversation.
    """
    conversation = find_conversation(conversation_id)
    if conversation is None:
        raise CommandRefused(f"There is no conversation {conversation_id!r}.")
    return find_relay(RelayKey(conversation_id, sink)), conversation.last_seq


def replay(
    conversation_ids: Sequence[ConversationId], sinks: Sequence[str], seq: int, now_ms: int
) -> None:
    """Have everything from a number on sent again."""
    for conversation_id in conversation_ids:
        for sink in sinks:
            rewind(RelayKey(conversation_id, sink), seq - 1, now_ms)


def retry(sinks: Sequence[str], now_ms: int) -> int:
    """Make all waiting conversations due; return how many there are."""
    found = [each for sink in sinks for each in waiting(sink, COUNTED)]
    for each in found:
        retry_now(each.key, now_ms)
    return len(found)


def resume(sink: str) -> bool:
    """Let a sink that was stopped have events again; False if it was not."""
    was_stopped = sink in find_stops()
    resume_sink(sink)
    return was_stopped


def all_conversations() -> Iterator[ConversationId]:
    rows = ConversationRow.scan(attributes_to_get=["conversation_id"])
    return (ConversationId(row.conversation_id) for row in rows)


def webhook_secrets(client: "SecretsManagerClient", secret_id: str) -> list[str]:
    """Read the secrets that sign, the current one first, as consumers expect them."""
    entries = _entries(client, secret_id)
    current = entries.pop("current")
    keys = [entries.pop(current), *entries.values()]
    return [shown_secret(key.encode()) for key in keys]


def rotate_webhook_secret(client: "SecretsManagerClient", secret_id: str) -> list[str]:
    """Make a new secret that signs beside the one before; older ones sign no more."""
    key = secrets.token_urlsafe(KEY_BYTES)
    entries = next_keys(_entries(client, secret_id), secrets.token_hex(4), key)
    client.put_secret_value(SecretId=secret_id, SecretString=json.dumps(entries))
    return webhook_secrets(client, secret_id)


def _entries(client: "SecretsManagerClient", secret_id: str) -> dict[str, str]:
    answer = client.get_secret_value(SecretId=secret_id)
    entries: dict[str, str] = json.loads(answer["SecretString"])
    return entries
