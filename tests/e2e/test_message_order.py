"""Numbering under real concurrency, which an emulator in the test's own process cannot show."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage.database import bind
from chat.storage.messages import Draft, store_message
from testing.live.people import Deployment
from testing.tables import MODELS, bound_tables

SENDERS = 50
MESSAGES_EACH = 3


@pytest.fixture
def conversation(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> ConversationId:
    """A conversation in the running stack's tables, which this process is bound to."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", deployment.stack.aws_url)
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "test")
    bind({MODELS[name]: table for name, table in deployment.tables.items()}, "us-east-1")
    bound_tables.cache_clear()
    conversation = uuid.uuid4().hex
    deployment.dynamodb.put_item(
        TableName=deployment.tables["ConversationsTable"],
        Item={"conversation_id": {"S": conversation}, "last_seq": {"N": "0"}},
    )
    return ConversationId(conversation)


def test_fifty_concurrent_senders_get_one_strict_order(conversation: ConversationId) -> None:
    drafts = [_draft(conversation, number) for number in range(SENDERS * MESSAGES_EACH)]

    with ThreadPoolExecutor(SENDERS) as threads:
        stored = list(threads.map(store_message, drafts))

    assert sorted(each.seq for each in stored) == list(range(1, len(drafts) + 1))


def _draft(conversation_id: ConversationId, number: int) -> Draft:
    return Draft(
        conversation_id=conversation_id,
        user_id=UserId(f"user-{number % SENDERS}"),
        username=Username(f"user-{number % SENDERS}"),
        content=f"number {number}",
        type="text",
        client_message_id=None,
        created_at=1_000,
    )
