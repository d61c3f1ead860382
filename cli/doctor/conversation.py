"""Checks all parts together: two temporary users talk in a temporary conversation."""

import time
from contextlib import ExitStack

from chat.actions.services import Services
from chat.protocol.ids import ConversationId
from cli.admin.conversations import delete_conversation
from cli.deployment import Deployment
from cli.doctor.findings import CheckFailed
from cli.doctor.temporary_user import TemporaryUser, temporary_user


def check_conversation(deployment: Deployment) -> str:
    """Connect, receive the greeting, authenticate, send a message and receive it."""
    with ExitStack() as stack:
        created: list[ConversationId] = []
        # Runs last, after both users have left.
        stack.callback(_delete, created, deployment.services)
        sender = stack.enter_context(temporary_user("sender", deployment))
        receiver = stack.enter_context(temporary_user("receiver", deployment))
        started_at = time.monotonic()
        created.append(_create(sender, receiver))
        _send_message(sender, receiver, created[0])
        took_ms = round((time.monotonic() - started_at) * 1000)
    return f"a message to a new conversation arrived within {took_ms} ms"


def _create(sender: TemporaryUser, receiver: TemporaryUser) -> ConversationId:
    data = {"kind": "group", "title": "doctor", "members": [receiver.user.username]}
    reply = sender.client.request("create_conversation", data=data)
    receiver.client.receive("conversation_created")
    return ConversationId(reply["data"]["conversation_id"])


def _send_message(
    sender: TemporaryUser, receiver: TemporaryUser, conversation_id: ConversationId
) -> None:
    data = {"content": "Does this arrive?"}
    sent = sender.client.request("chat_message", conversationId=conversation_id, data=data)
    received = receiver.client.receive("chat_message")
    if sent["data"] != received["data"]:
        raise CheckFailed(
            f"sent {sent['data']}, received {received['data']}",
            "The functions run different versions: deploy again.",
        )


def _delete(created: list[ConversationId], services: Services) -> None:
    for conversation_id in created:
        delete_conversation(conversation_id, services)
