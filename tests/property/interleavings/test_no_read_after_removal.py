"""A removed member reads nothing that is sent after the reply of the removal."""

import pytest

from testing.group import Action, Group, Results, contents, run_interleaved
from testing.invariants import rows
from testing.people import Person


def remove_and_send(group: Group) -> Action:
    """Remove bob, and after the reply send a message that he must not read."""

    def act() -> str:
        reply = group.removes(group.her_phone)()
        group.says(group.her_phone, "secret")()
        return str(reply["type"])

    return act


@pytest.mark.parametrize(
    "asked", [{}, {"after_seq": 0}, {"before_seq": 9}], ids=["newest", "after", "before"]
)
def test_history_shows_nothing_sent_after_the_removal(
    group_with_bob: Group, asked: dict[str, int]
) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()

    def check(results: Results) -> None:
        assert "secret" not in str(results["history"])

    runs = run_interleaved(
        group_with_bob,
        check=check,
        history=group_with_bob.requests(group_with_bob.his, "history", **asked),
        remove=remove_and_send(group_with_bob),
    )

    assert runs > 2


def remove_and_edit(group: Group) -> Action:
    """Remove bob, and after the reply edit an old message to what he must not read."""

    def act() -> str:
        reply = group.removes(group.her_phone)()
        group.edits(group.her_phone, 2, "secret")()
        return str(reply["type"])

    return act


@pytest.mark.parametrize(
    "asked",
    [{}, {"after_seq": 0}, {"after_seq": 2}, {"before_seq": 9}],
    ids=["newest", "after", "after it", "before"],
)
def test_history_shows_no_edit_after_the_removal(
    group_with_bob: Group, asked: dict[str, int]
) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()
    group_with_bob.edits(group_with_bob.hers, 2, "edited")()

    def check(results: Results) -> None:
        assert "secret" not in str(results["history"])

    runs = run_interleaved(
        group_with_bob,
        check=check,
        history=group_with_bob.requests(group_with_bob.his, "history", **asked),
        remove=remove_and_edit(group_with_bob),
    )

    assert runs > 2


def lists(group: Group, *, is_named: bool) -> Action:
    asked = {"conversation_ids": [group.conversation]} if is_named else {}
    return group.requests(group.his, "list_conversations", **asked)


@pytest.mark.parametrize("is_named", [False, True])
def test_conversation_list_shows_no_edit_after_the_removal(
    group_with_bob: Group, *, is_named: bool
) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()

    def check(results: Results) -> None:
        assert "secret" not in str(results["list"])

    runs = run_interleaved(
        group_with_bob,
        check=check,
        list=lists(group_with_bob, is_named=is_named),
        remove=remove_and_edit(group_with_bob),
    )

    assert runs > 2


def test_message_sent_again_shows_a_removed_member_no_later_edit(group_with_bob: Group) -> None:
    group_with_bob.says(group_with_bob.hers, "public", key="1")()

    def check(_: Results) -> None:
        assert "secret" not in str(group_with_bob.his.received)

    runs = run_interleaved(
        group_with_bob,
        check=check,
        again=group_with_bob.says(group_with_bob.hers, "public", key="1"),
        remove=remove_and_edit(group_with_bob),
    )

    assert runs > 2


def test_user_added_just_before_the_removal_is_shown_no_edit_after_it(group: Group) -> None:
    group.says(group.hers, "private")()
    group.says(group.hers, "public")()

    def check(results: Results) -> None:
        if results["remove"] == "member_removed":
            assert "secret" not in str(group.his.received)

    runs = run_interleaved(
        group, group.his, check=check, add=group.adds(group.hers), remove=remove_and_edit(group)
    )

    assert runs > 2


def number_of_the_only_message() -> int:
    [seq] = (int(row["seq"]) for row in rows("MessagesTable"))
    return seq


@pytest.mark.parametrize("is_named", [False, True])
def test_conversation_list_shows_nothing_sent_after_the_removal(
    group_with_bob: Group, *, is_named: bool
) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()
    last_seq = number_of_the_only_message()

    def check(results: Results) -> None:
        listed = results["list"]["data"]["items"]
        assert "secret" not in str(listed)
        # The number of the removal is taken before it is stored, so it may be seen.
        assert all(item["last_seq"] in {last_seq, last_seq + 1} for item in listed)

    runs = run_interleaved(
        group_with_bob,
        check=check,
        list=lists(group_with_bob, is_named=is_named),
        remove=remove_and_send(group_with_bob),
    )

    assert runs > 2


def test_member_list_shows_nobody_added_after_the_removal(group_with_bob: Group) -> None:
    Person(group_with_bob.simulation, "dave")

    def remove_and_add() -> None:
        group_with_bob.removes(group_with_bob.her_phone)()
        group_with_bob.adds(group_with_bob.her_phone, "dave")()

    def check(results: Results) -> None:
        assert "dave" not in str(results["list"])

    runs = run_interleaved(
        group_with_bob,
        check=check,
        list=group_with_bob.requests(group_with_bob.his, "list_members"),
        remove=remove_and_add,
    )

    assert runs > 2


def test_heartbeat_shows_nothing_sent_after_the_removal(group_with_bob: Group) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()
    last_seq = number_of_the_only_message()

    def check(results: Results) -> None:
        behind = results["heartbeat"]["data"]["behind"]
        # The number of the removal is taken before it is stored, so it may be seen.
        assert behind.get(group_with_bob.conversation, last_seq) in {last_seq, last_seq + 1}

    runs = run_interleaved(
        group_with_bob,
        check=check,
        heartbeat=group_with_bob.requests(
            group_with_bob.his, "heartbeat", positions={group_with_bob.conversation: 0}
        ),
        remove=remove_and_send(group_with_bob),
    )

    assert runs > 2


def test_user_added_just_before_the_removal_reads_nothing_after_it(group: Group) -> None:
    group.says(group.hers, "public")()

    def check(results: Results) -> None:
        if results["remove"] == "member_removed":
            assert "secret" not in str(group.his.received)

    runs = run_interleaved(
        group, group.his, check=check, add=group.adds(group.hers), remove=remove_and_send(group)
    )

    assert runs > 2


def test_message_concurrent_with_the_removal_is_the_last_received(group_with_bob: Group) -> None:
    def check(results: Results) -> None:
        assert results["send"]["type"] == "chat_message"
        assert contents(group_with_bob.his) in ([], ["crossing"])

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        check=check,
        send=group_with_bob.says(group_with_bob.carols, "crossing"),
        remove=group_with_bob.removes(group_with_bob.hers),
    )

    assert runs > 2


@pytest.mark.parametrize(
    "frame", ["chat_message", "typing", "read_receipt", "edit_message", "delete_message", "react"]
)
def test_frame_concurrent_with_the_senders_removal_is_done_or_rejected(
    group_with_bob: Group, frame: str
) -> None:
    group_with_bob.says(group_with_bob.hers, "public")()
    group_with_bob.says(group_with_bob.his, "mine")()
    does = {
        "edit_message": group_with_bob.edits(group_with_bob.his, 3, "crossing"),
        "delete_message": group_with_bob.deletes(group_with_bob.his, 3),
        "react": group_with_bob.reacts(group_with_bob.his, 3),
        "chat_message": group_with_bob.says(group_with_bob.his, "crossing", key="1"),
        "typing": group_with_bob.requests(group_with_bob.his, "typing"),
        "read_receipt": group_with_bob.reads(group_with_bob.his, 2),
    }

    def check(results: Results) -> None:
        reply = results["act"]
        done = dict.fromkeys(("edit_message", "delete_message", "react"), "message_changed")
        is_done = reply is None or reply["type"] == done.get(frame, frame)
        assert is_done or reply["code"] == "not_a_member"
        assert group_with_bob.edits(group_with_bob.his, 3, "later")()["code"] == "not_a_member"
        assert group_with_bob.says(group_with_bob.his, "later")()["code"] == "not_a_member"

    runs = run_interleaved(
        group_with_bob,
        group_with_bob.his,
        check=check,
        act=does[frame],
        remove=group_with_bob.removes(group_with_bob.hers),
    )

    assert runs > 2


def remove_and_react(group: Group) -> Action:
    """Remove bob, and after the reply react to an old message, which he must not read."""

    def act() -> None:
        group.removes(group.her_phone)()
        group.his.discards_received()
        group.reacts(group.her_phone, 2, "secret")()

    return act


@pytest.mark.parametrize("frame", ["history", "get_messages", "list_reactions", "react"])
def test_reply_shows_a_removed_member_no_later_reaction(group_with_bob: Group, frame: str) -> None:
    group = group_with_bob
    group.says(group.hers, "public")()
    message = f"{group.conversation}:2"
    does = {
        "history": group.requests(group.his, "history"),
        "get_messages": group.requests(group.his, "get_messages", message_ids=[message]),
        "list_reactions": group.sends(group.his, {"type": "list_reactions", "messageId": message}),
        "react": group.reacts(group.his, 2),
    }

    def check(results: Results) -> None:
        assert "secret" not in str(results["act"])

    runs = run_interleaved(group, check=check, act=does[frame], remove=remove_and_react(group))

    assert runs > 2


def test_reaction_of_another_pushes_a_removed_member_no_later_reaction(
    group_with_bob: Group,
) -> None:
    group = group_with_bob
    group.says(group.hers, "public")()

    def check(_: Results) -> None:
        assert "secret" not in str(group.his.received)

    runs = run_interleaved(
        group, check=check, act=group.reacts(group.carols, 2), remove=remove_and_react(group)
    )

    assert runs > 2
