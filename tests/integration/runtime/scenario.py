"""The state that the recorded events assume."""

import json
from functools import cache

import boto3

from chat.auth.passwords import Passwords
from chat.protocol.ids import (
    AttachmentId,
    ClientMessageId,
    ConnectionId,
    ConversationId,
    UserId,
    Username,
)
from chat.protocol.server_messages import Attachment
from chat.storage.attachments import Upload, put_upload
from chat.storage.connections import Session, open_session, put_connection
from chat.storage.conversations import ConversationState
from chat.storage.membership_changes import Insertion, insert_conversation
from chat.storage.memberships import Membership
from chat.storage.messages import Draft, store_message
from chat.storage.roster_changes import add_session
from chat.storage.ttl import connection_row_expires_at
from chat.storage.users import User, create_user
from testing.simulation import REGION, Simulation
from tests.integration.runtime.recorded import (
    ALICE,
    BOB,
    CAROL,
    SESSION_OVER,
    UNAUTHENTICATED,
)

GENERAL = ConversationId("general")
ACCOUNT = "123456789012"
SIGNING_KEYS = json.dumps({"current": "first", "first": "k" * 32})
QUEUES = (
    *("GreetQueue", "AuthDeadlineQueue", "FanoutQueue"),
    *("DeleteFilesQueue", "NotifyQueue", "PresenceQueue"),
)
BUCKET = "AttachmentsBucket"
PICTURE = b"x" * 81_234
SENT, UPLOADED = AttachmentId("8a1f3c5b"), AttachmentId("8a1f3c5c")
SECRETS = ("SigningSecret", "CursorSecret")
ADDRESS = "203.0.113.7"

# The values of the template's references.
REFERENCES = {name: f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}" for name in QUEUES} | {
    name: name for name in (*SECRETS, BUCKET)
}

_SHOWN = Attachment(attachment_id=SENT, name="cat.png", size=len(PICTURE), media_type="image/png")


def set_up(simulation: Simulation) -> None:
    """Let alice, bob and carol be in `general`, online, after two messages; dora is elsewhere.

    Bob's message has a picture, and Alice has uploaded another one.
    """
    for queue in QUEUES:
        boto3.client("sqs", REGION).create_queue(QueueName=queue)
    for secret in SECRETS:
        boto3.client("secretsmanager", REGION).create_secret(Name=secret, SecretString=SIGNING_KEYS)
    boto3.client("s3", "us-east-1").create_bucket(Bucket=BUCKET.lower())
    for name in ("alice", "bob", "carol", "dora"):
        create_user(_user(name), _hash_of(name), simulation.now_ms)
    state = ConversationState(
        conversation_id=GENERAL,
        kind="group",
        title="General",
        created_at=simulation.now_ms,
        last_activity_at=simulation.now_ms,
    )
    members = {name: _member(name, simulation) for name in ("alice", "bob", "carol")}
    insertion = insert_conversation(state, list(members.values()), simulation.services.limits)
    assert insertion is Insertion.DONE
    for name, connection in (("alice", ALICE), ("bob", BOB), ("carol", CAROL)):
        assert add_session([members[name]], _log_in(name, connection, simulation, seconds=3_600))
    assert add_session([members["bob"]], _log_in("bob", SESSION_OVER, simulation, seconds=-1))
    put_connection(ConnectionId(UNAUTHENTICATED), ADDRESS, simulation.now_ms)
    _upload_pictures(simulation)
    for name in ("bob", "alice"):
        store_message(_hello(name, simulation))
    simulation.sockets.open |= {
        ConnectionId(each) for each in (ALICE, BOB, CAROL, UNAUTHENTICATED, SESSION_OVER)
    }


def _upload_pictures(simulation: Simulation) -> None:
    """Let bob and alice each upload a picture."""
    for name, attachment_id in (("bob", SENT), ("alice", UPLOADED)):
        upload = Upload(
            conversation_id=GENERAL,
            attachment_id=attachment_id,
            user_id=_user(name).user_id,
            name="cat.png",
            size=len(PICTURE),
            media_type="image/png",
        )
        assert put_upload(upload, simulation.now_ms, len(PICTURE))
        simulation.files.accept(simulation.files.upload_form(upload), PICTURE)


@cache
def _hash_of(name: str) -> str:
    return Passwords().hash(f"{name}-demo-password")


def _user(name: str) -> User:
    return User(UserId(f"user-{name}"), Username(name))


def _member(name: str, simulation: Simulation) -> Membership:
    return Membership(
        user_id=_user(name).user_id,
        conversation_id=GENERAL,
        username=Username(name),
        role="owner" if name == "alice" else "member",
        joined_at=simulation.now_ms,
    )


def _log_in(name: str, connection: str, simulation: Simulation, *, seconds: int) -> Session:
    put_connection(ConnectionId(connection), ADDRESS, simulation.now_ms)
    session = Session(
        ConnectionId(connection),
        _user(name).user_id,
        Username(name),
        simulation.now_ms + seconds * 1000,
        connection_row_expires_at(simulation.now_ms),
    )
    assert open_session(session)
    return session


def _hello(name: str, simulation: Simulation) -> Draft:
    return Draft(
        conversation_id=GENERAL,
        user_id=_user(name).user_id,
        username=Username(name),
        content=f"Hello from {name}",
        type="text",
        client_message_id=ClientMessageId("a11ce-1" if name == "alice" else "b0b-1"),
        created_at=simulation.now_ms,
        attachments=[_SHOWN] if name == "bob" else [],
    )
