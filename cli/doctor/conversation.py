"""The proof of it all: two people who are made for it talk, and nothing of them stays."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from chat.auth.passwords import hash_password
from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage.conversations import delete_conversation
from chat.storage.messages import delete_messages
from chat.storage.users import User, create_user
from cli import accounts
from cli.deployment import Deployment
from cli.doctor.findings import Wrong
from cli.doctor.visitor import Visitor


class _Guest(NamedTuple):
    user: User
    client: Visitor


def check_conversation(deployment: Deployment) -> str:
    """Connect, be greeted, authenticate, send a message and see it arrive."""
    with ExitStack() as held:
        founded: list[ConversationId] = []
        # Last of all, when both have left.
        held.callback(_forget, founded)
        speaker = held.enter_context(_guest("speaker", deployment))
        listener = held.enter_context(_guest("listener", deployment))
        began_ms = deployment.chat.now_ms()
        founded.append(_found(speaker, listener))
        _talk(speaker, listener, founded[0])
        took_ms = deployment.chat.now_ms() - began_ms
    return f"a message to a new conversation came back within {took_ms} ms"


def _found(speaker: _Guest, listener: _Guest) -> ConversationId:
    about = {"kind": "group", "title": "doctor", "members": [listener.user.username]}
    created = speaker.client.ask("create_conversation", data=about)
    listener.client.hear("conversation_created")
    return ConversationId(created["data"]["conversation_id"])


def _talk(speaker: _Guest, listener: _Guest, conversation_id: ConversationId) -> None:
    words = {"content": "Is anybody there?"}
    sent = speaker.client.ask("chat_message", conversationId=conversation_id, data=words)
    heard = listener.client.hear("chat_message")
    if sent["data"] != heard["data"]:
        raise Wrong(
            f"sent {sent['data']}, received {heard['data']}",
            "Sender and receiver run different versions: deploy again.",
        )


@contextmanager
def _guest(name: str, deployment: Deployment) -> Iterator[_Guest]:
    chat = deployment.chat
    user = User(UserId(chat.new_id()), Username(f"doctor-{name}-{secrets.token_hex(4)}"))
    password = secrets.token_urlsafe()
    create_user(user, hash_password(password), chat.now_ms())
    try:
        with Visitor(deployment.websocket_url) as client:
            client.hear("connected")
            client.ask("authenticate", data={"username": user.username, "password": password})
            yield _Guest(user, client)
    finally:
        accounts.delete(user, chat)


def _forget(founded: list[ConversationId]) -> None:
    for conversation_id in founded:
        delete_messages(conversation_id)
        delete_conversation(conversation_id)
