"""`python -m local.demo`: users to log in with, and a conversation of which all are members.

It creates only what is missing: a user who has left `general` stays out. It reads the names of the
tables from the variables that the functions get.
"""

import os
import time
import uuid

from chat.actions.limits import Limits
from chat.auth.passwords import Passwords
from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage import tables
from chat.storage.conversations import ConversationState
from chat.storage.database import bind
from chat.storage.membership_changes import insert_conversation
from chat.storage.memberships import Membership
from chat.storage.users import User, create_user, find_users

USERNAMES = (Username("alice"), Username("bob"), Username("carol"))
CONVERSATION = ConversationId("general")


VARIABLES = {
    tables.CredentialRow: "CREDENTIALS_TABLE",
    tables.UserRow: "USERS_TABLE",
    tables.ProfileRow: "PROFILES_TABLE",
    tables.ConversationRow: "CONVERSATIONS_TABLE",
    tables.MembershipRow: "MEMBERSHIPS_TABLE",
}
"""The environment variables with the tables' names."""


def password_of(username: str) -> str:
    return f"{username}-demo-password"


def seed(now_ms: int) -> None:
    """Create the demo users and their conversation, if they are missing."""
    known = find_users(USERNAMES)
    users = [known.get(name) or _create(name, now_ms) for name in USERNAMES]
    state = ConversationState(
        conversation_id=CONVERSATION,
        kind="group",
        title="General",
        created_at=now_ms,
        last_activity_at=now_ms,
    )
    insert_conversation(state, [_member(user, now_ms) for user in users], Limits())


def _create(username: Username, now_ms: int) -> User:
    user = User(UserId(uuid.uuid4().hex), username)
    create_user(user, Passwords().hash(password_of(username)), now_ms)
    return user


def _member(user: User, now_ms: int) -> Membership:
    return Membership(
        user_id=user.user_id,
        conversation_id=CONVERSATION,
        username=user.username,
        role="owner" if user.username == USERNAMES[0] else "member",
        joined_at=now_ms,
    )


def main() -> None:
    names = {row: os.environ[variable] for row, variable in VARIABLES.items()}
    bind(names, os.environ["AWS_REGION"])
    seed(time.time_ns() // 1_000_000)


if __name__ == "__main__":
    main()
