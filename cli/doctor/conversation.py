"""The proof of it all: two people who are made for it talk, and nothing of them stays."""

from contextlib import ExitStack

from chat.protocol.ids import ConversationId
from chat.storage.conversations import delete_conversation
from chat.storage.messages import delete_messages
from cli.deployment import Deployment
from cli.doctor.findings import Wrong
from cli.doctor.guest import Guest, guest


def check_conversation(deployment: Deployment) -> str:
    """Connect, be greeted, authenticate, send a message and see it arrive."""
    with ExitStack() as held:
        founded: list[ConversationId] = []
        # Last of all, when both have left.
        held.callback(_forget, founded)
        speaker = held.enter_context(guest("speaker", deployment))
        listener = held.enter_context(guest("listener", deployment))
        began_ms = deployment.services.now_ms()
        founded.append(_found(speaker, listener))
        _talk(speaker, listener, founded[0])
        took_ms = deployment.services.now_ms() - began_ms
    return f"a message to a new conversation came back within {took_ms} ms"


def _found(speaker: Guest, listener: Guest) -> ConversationId:
    about = {"kind": "group", "title": "doctor", "members": [listener.user.username]}
    created = speaker.client.ask("create_conversation", data=about)
    listener.client.hear("conversation_created")
    return ConversationId(created["data"]["conversation_id"])


def _talk(speaker: Guest, listener: Guest, conversation_id: ConversationId) -> None:
    words = {"content": "Is anybody there?"}
    sent = speaker.client.ask("chat_message", conversationId=conversation_id, data=words)
    heard = listener.client.hear("chat_message")
    if sent["data"] != heard["data"]:
        raise Wrong(
            f"sent {sent['data']}, received {heard['data']}",
            "Sender and receiver run different versions: deploy again.",
        )


def _forget(founded: list[ConversationId]) -> None:
    for conversation_id in founded:
        delete_messages(conversation_id)
        delete_conversation(conversation_id)
