"""Every route with its handler, as the functions have them, but for a chat of one's own."""

from collections.abc import Callable

from chat.actions.add_members import add_members
from chat.actions.auth_deadline import auth_deadline
from chat.actions.authenticate import authenticate
from chat.actions.chat_message import chat_message
from chat.actions.connect import connect
from chat.actions.create_conversation import create_conversation
from chat.actions.disconnect import disconnect
from chat.actions.fanout import fanout
from chat.actions.greet import greet
from chat.actions.heartbeat import heartbeat
from chat.actions.history import history
from chat.actions.leave_conversation import leave_conversation
from chat.actions.list_conversations import list_conversations
from chat.actions.list_members import list_members
from chat.actions.read_receipt import read_receipt
from chat.actions.remove_member import remove_member
from chat.actions.services import Services
from chat.actions.sign_out import sign_out
from chat.actions.typing import typing
from chat.protocol import client_frames
from chat.push.deferred import decode_auth_deadline, decode_greet, decode_shard
from chat.runtime.handlers import (
    Handler,
    connect_request,
    connection_handler,
    connection_id,
    frame_handler,
    queue_handler,
)
from chat.runtime.unrouted import unrouted_handler


def routes(services: Callable[[], Services]) -> dict[str, Handler]:
    """Make a handler for each route key of the template."""
    return {
        "$connect": connection_handler("CONNECT", connect_request, connect, services),
        "$disconnect": connection_handler("DISCONNECT", connection_id, disconnect, services),
        "$default": unrouted_handler,
        "authenticate": frame_handler(client_frames.Authenticate, authenticate, services),
        "sign_out": frame_handler(client_frames.SignOut, sign_out, services),
        "chat_message": frame_handler(client_frames.ChatMessage, chat_message, services),
        "typing": frame_handler(client_frames.Typing, typing, services),
        "read_receipt": frame_handler(client_frames.ReadReceipt, read_receipt, services),
        "history": frame_handler(client_frames.History, history, services),
        "heartbeat": frame_handler(client_frames.Heartbeat, heartbeat, services),
        "create_conversation": frame_handler(
            client_frames.CreateConversation, create_conversation, services
        ),
        "add_members": frame_handler(client_frames.AddMembers, add_members, services),
        "remove_member": frame_handler(client_frames.RemoveMember, remove_member, services),
        "leave_conversation": frame_handler(
            client_frames.LeaveConversation, leave_conversation, services
        ),
        "list_conversations": frame_handler(
            client_frames.ListConversations, list_conversations, services
        ),
        "list_members": frame_handler(client_frames.ListMembers, list_members, services),
    }


def consumers(services: Callable[[], Services]) -> dict[str, Handler]:
    """Make a handler for each queue of the template."""
    return {
        "greet": queue_handler(decode_greet, greet, services),
        "auth_deadline": queue_handler(decode_auth_deadline, auth_deadline, services),
        "fanout": queue_handler(decode_shard, fanout, services),
    }
