import json
from collections import Counter
from typing import Any, TextIO

import click
import msgspec

from chat.protocol.text import case_mapped
from chat.protocol.times import rfc3339
from chat.push.outcome import Outcome
from chat.storage.accounts import Account, get_account
from chat.storage.conversations import find_conversation
from chat.storage.memberships import Membership, memberships_of
from chat.storage.messages import messages_of
from chat.storage.recovery import (
    advance_sequences,
    all_connections,
    count_memberships,
    purge_ephemeral_rows,
)
from cli import accounts
from cli.examples import examples
from cli.operating import Operator, pass_operator


@click.group()
def data() -> None:
    """Export or erase all that is stored of a user; mend what a restore leaves."""


@data.command(epilog=examples("--local data export alice --output alice.json"))
@click.argument("username")
@click.option(
    "--output",
    type=click.File("w", encoding="utf-8", lazy=True),
    default="-",
    help="File to write to; the standard output if not given.",
)
@pass_operator
def export(operator: Operator, username: str, output: TextIO) -> None:
    """Write all that is stored of a user as one JSON object. Reads the whole table of messages.

    It holds no password's hash, which is of use to guessers alone.
    """
    account = get_account(case_mapped(username))
    operator.teller.mention("Reading all messages, which takes as long as there are many ...")
    exported = {
        "user": _user(account),
        "conversations": [_membership(each) for each in memberships_of(account.user.user_id)],
        "messages": [msgspec.to_builtins(each) for each in messages_of(account.user.user_id)],
    }
    json.dump(exported, output, ensure_ascii=False, indent=2)
    output.write("\n")


@data.command(epilog=examples("data erase dora", "data erase dora --yes"))
@click.argument("username")
@click.confirmation_option(prompt="Delete this user and forget all that they wrote, for good?")
@pass_operator
def erase(operator: Operator, username: str) -> None:
    """Delete a user and forget everything they wrote. Reads the whole table of messages.

    Backups keep it for as long as they are kept. Where this is cut off, do it again.
    """
    account = get_account(case_mapped(username))
    operator.teller.mention("Reading all messages, which takes as long as there are many ...")
    left, erased = accounts.erase(account.user, operator.services)
    operator.teller.tell(
        f"{username} is erased, with {erased} messages, and has left {left} conversations.",
        username=username,
        user_id=account.user.user_id,
        conversations_left=left,
        messages_erased=erased,
    )


@data.command(
    "after-restore", epilog=examples("data after-restore", "data after-restore --skip 50000 --yes")
)
@click.option(
    "--skip",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="Numbers to leave unused in each conversation: more than messages were lost in any.",
)
@click.confirmation_option(prompt="Close every connection of this deployment?")
@pass_operator
def after_restore(operator: Operator, skip: int) -> None:
    """Make a deployment whole whose tables were brought back to an earlier moment.

    Closes every connection, forgets what tells of the present, counts again who is in what, and
    moves the numbering of every conversation past what was lost. See docs/operations.md for what
    comes before and after.
    """
    push = operator.services.push()
    outcomes = Counter(push.close_connection(each) for each in all_connections())
    closed = outcomes[Outcome.DELIVERED] + outcomes[Outcome.GONE]
    purge_ephemeral_rows()
    count_memberships()
    conversations = advance_sequences(skip)
    operator.teller.tell(
        f"Closed {closed} of {outcomes.total()} connections; {conversations} conversations go on "
        f"{skip} numbers later.",
        connections=outcomes.total(),
        connections_closed=closed,
        conversations=conversations,
        skipped=skip,
    )


def _user(account: Account) -> dict[str, Any]:
    return {
        "user_id": account.user.user_id,
        "username": account.user.username,
        "created_at": rfc3339(account.created_at),
        "disabled": account.is_disabled,
    }


def _membership(membership: Membership) -> dict[str, Any]:
    state = find_conversation(membership.conversation_id)
    return {
        "conversation_id": membership.conversation_id,
        "kind": state.kind if state else None,
        "title": state.title if state else None,
        "role": membership.role,
        "joined_at": rfc3339(membership.joined_at),
        "last_read_seq": membership.last_read_seq,
    }
