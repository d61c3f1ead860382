"""Files at the same time as all that concerns them: sent, swapped, deleted, removed, expired."""

import json
from collections.abc import Callable

import pytest

from testing.group import Action, Group, Results, run_interleaved
from testing.invariants import rows
from testing.people import Client
from testing.simulation import Simulation

PICTURE, SWAPPED = b"a picture", b"something"
FIRST = 2
"""The number of the first message: adding bob has taken number 1."""

ORDERS = 40
SOAKED = 3_000


def shows(group: Group, client: Client, picture: str, key: str | None = None) -> Action:
    """Make an action that sends a message with a picture."""
    frame = {
        "type": "chat_message",
        "conversationId": group.conversation,
        "data": {"attachments": [{"attachment_id": picture}]},
    }
    return group.sends(client, frame | ({"clientMessageId": key} if key else {}))


def swaps(group: Group, picture: str) -> Action:
    key = f"u/{group.conversation}/{picture}"
    return lambda: group.simulation.files.replace(key, SWAPPED)


def expires(simulation: Simulation) -> Action:
    """Make an action that removes uploads, and says so to the queue, as S3 does after a day."""

    def expire() -> None:
        for key in simulation.files.expire_uploads():
            record = {"s3": {"object": {"key": key}}}
            simulation.consume("delete_files", json.dumps({"Records": [record]}))

    return expire


def looks(group: Group, picture: str) -> Action:
    """Make an action of the queue that looks again at a picture."""
    body = json.dumps({"keys": [f"c/{group.conversation}/{picture}"]})
    return lambda: group.simulation.consume("delete_files", body)


def shown(group: Group) -> list[str]:
    """Name the pictures of the messages that are not deleted."""
    found = (
        json.loads(row["attachments"])
        for row in rows("MessagesTable")
        if row["conversation_id"] == group.conversation and "attachments" in row
    )
    return [each["attachment_id"] for attachments in found for each in attachments]


def test_two_messages_never_have_one_picture(group_with_bob: Group) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)

    def check(results: Results) -> None:
        codes = sorted(reply.get("code", reply["type"]) for reply in results.values())
        assert codes == ["chat_message", "conflict"]
        assert shown(group) == [picture]
        assert group.simulation.files.taken() == [PICTURE]

    run_interleaved(
        group,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=shows(group, group.hers, picture),
        other=shows(group, group.her_phone, picture),
    )


def test_message_sent_twice_at_once_has_its_picture_once(group_with_bob: Group) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)

    def check(results: Results) -> None:
        one, other = (reply["data"]["message_id"] for reply in results.values())
        assert one == other
        assert shown(group) == [picture]

    run_interleaved(
        group,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=shows(group, group.hers, picture, "1"),
        other=shows(group, group.her_phone, picture, "1"),
    )


@pytest.mark.parametrize("key", [None, "1"])
def test_picture_that_is_swapped_while_it_is_sent_changes_once_at_most(
    group_with_bob: Group, key: str | None
) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)

    def check(_: Results) -> None:
        [taken] = group.simulation.files.taken()
        swaps(group, picture)()
        shows(group, group.her_phone, picture)()
        assert group.simulation.files.taken() == [taken]

    run_interleaved(
        group,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=shows(group, group.hers, picture, key),
        other=swaps(group, picture),
    )


CROSSING: dict[str, Callable[[Group, str], Action]] = {
    "deletion by its author": lambda group, _: group.deletes(group.hers, FIRST),
    "another message with it": lambda group, picture: shows(group, group.her_phone, picture),
    "the queue": looks,
    "an edit": lambda group, _: group.edits(group.hers, FIRST, ""),
    "the author leaving": lambda group, _: group.requests(group.hers, "leave_conversation"),
    "removal of another": lambda group, _: group.removes(group.hers),
}


@pytest.mark.parametrize("other", CROSSING)
def test_deletion_leaves_no_file_whatever_crosses_it(group_with_bob: Group, other: str) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)
    shows(group, group.hers, picture)()
    group.forget()

    def check(results: Results) -> None:
        assert results["one"]["type"] == "message_changed"
        for keys in group.simulation.queues.file_deletions:
            group.simulation.consume("delete_files", json.dumps({"keys": keys}))
        assert shown(group) == []
        assert group.simulation.files.taken() == []

    run_interleaved(
        group,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=group.deletes(group.her_phone, FIRST),
        other=CROSSING[other](group, picture),
    )


def test_upload_that_expires_while_it_is_sent_is_sent_whole_or_not_at_all(
    group_with_bob: Group,
) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)

    def check(results: Results) -> None:
        is_sent = results["one"]["type"] == "chat_message"
        assert shown(group) == ([picture] if is_sent else [])
        looks(group, picture)()
        assert group.simulation.files.taken() == ([PICTURE] if is_sent else [])

    run_interleaved(
        group,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=shows(group, group.hers, picture),
        other=expires(group.simulation),
    )


def test_removed_member_gets_no_address_of_a_later_picture(group_with_bob: Group) -> None:
    group = group_with_bob
    picture = group.hers.uploads(group.conversation, PICTURE)

    def remove_and_show() -> None:
        group.removes(group.hers)()
        shows(group, group.hers, picture)()

    def check(results: Results) -> None:
        assert results["one"].get("data", {}).get("items", []) == []

    run_interleaved(
        group,
        check=check,
        at_most=ORDERS,
        soaked=SOAKED,
        one=group.requests(group.his, "get_attachments", attachment_ids=[picture]),
        other=remove_and_show,
    )
