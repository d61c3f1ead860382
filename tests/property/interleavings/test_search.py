"""A search that crosses a removal, an edit or a deletion."""

import pytest

from testing.group import Action, Group, Results, run_interleaved
from testing.sockets import Frame


def searches(group: Group, text: str) -> Action:
    return group.requests(group.his, "search", text=text)


def found(results: Results) -> list[Frame]:
    messages: list[Frame] = results["search"]["data"]["messages"]
    return messages


def later(group: Group, change: str) -> Action:
    """Remove bob, and after the reply change what he must not read."""
    changes = {
        "sent": group.says(group.her_phone, "hello, secret"),
        "edited": group.edits(group.her_phone, 2, "hello, secret"),
        "edited away": group.edits(group.her_phone, 2, "other"),
        "reacted": group.reacts(group.her_phone, 2, "secret"),
        "deleted": group.deletes(group.her_phone, 2),
    }

    def act() -> None:
        group.removes(group.her_phone)()
        changes[change]()

    return act


@pytest.mark.parametrize("change", ["sent", "edited", "edited away", "reacted", "deleted"])
def test_removed_member_finds_nothing_of_what_comes_after_the_removal(
    group_with_bob: Group, change: str
) -> None:
    group = group_with_bob
    group.says(group.hers, "hello")()

    def check(results: Results) -> None:
        reply = results["search"]
        assert "secret" not in str(reply)
        if reply["type"] == "error":
            assert reply["code"] == "not_a_member"
        else:
            assert [each["content"] for each in found(results)] == ["hello"]

    runs = run_interleaved(
        group, check=check, search=searches(group, "hello"), remove=later(group, change)
    )

    assert runs > 2


@pytest.mark.parametrize("text", ["before", "after"])
def test_edited_message_is_found_only_by_the_text_that_it_is_shown_with(
    group_with_bob: Group, text: str
) -> None:
    group = group_with_bob
    group.says(group.hers, "before")()

    def check(results: Results) -> None:
        assert [each["content"] for each in found(results)] in ([], [text])

    runs = run_interleaved(
        group,
        check=check,
        search=searches(group, text),
        edit=group.edits(group.hers, 2, "after"),
    )

    assert runs > 2


def test_message_is_not_found_once_its_deletion_was_answered(group_with_bob: Group) -> None:
    group = group_with_bob
    group.says(group.hers, "hello")()

    def delete_and_search() -> Frame:
        group.deletes(group.hers, 2)()
        reply: Frame = group.requests(group.carols, "search", text="hello")()
        return reply

    def check(results: Results) -> None:
        assert [each["content"] for each in found(results)] in ([], ["hello"])
        assert results["delete"]["data"]["messages"] == []

    runs = run_interleaved(
        group, check=check, search=searches(group, "hello"), delete=delete_and_search
    )

    assert runs > 2
