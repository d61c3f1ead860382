import pytest

from chat.storage.membership_changes import MAX_INITIAL_MEMBERS
from testing.invariants import check_members, rows
from testing.people import Person
from testing.simulation import Simulation
from tests.unit.cli.shell import Shell


def test_created_conversation_is_pushed_to_each_member(
    shell: Shell, alice: Person, bob: Person, carol: Person
) -> None:
    hers, carols = alice.logs_in(), carol.logs_in()
    members = ("--owner", "alice", "--member", "bob", "--member", "carol")

    told = shell.reads("conversations", "create", "--title", "Tea", *members)

    for client, role in ((hers, "owner"), (carols, "member")):
        shown = client.receives("conversation_created")
        assert (shown["conversation_id"], shown["role"]) == (told["conversation_id"], role)
        assert (shown["title"], shown["kind"]) == ("Tea", "group")
    his = bob.logs_in()
    his.says("Here I am", to=told["conversation_id"])
    assert hers.receives("chat_message")["content"] == "Here I am"


def test_conversation_with_an_unknown_member_is_not_created(shell: Shell, alice: Person) -> None:
    hers = alice.logs_in()

    why = shell.is_rejected("conversations", "create", "--owner", "alice", "--member", "nobody")

    assert why == "parley: There is no user 'nobody'.\n"
    hers.receives_nothing()


def test_conversation_is_shown_with_the_members_who_are_online(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob, title="Tea")
    hers.says("Hello", to=conversation)

    shown = shell.reads("conversations", "show", conversation)

    assert (shown["kind"], shown["title"], shown["last_seq"]) == ("group", "Tea", 1)
    members = {each["username"]: each for each in shown["members"]}
    assert (members["alice"]["role"], members["alice"]["online"]) == ("owner", True)
    assert (members["bob"]["role"], members["bob"]["online"]) == ("member", False)


def test_conversation_is_printed_as_a_table(shell: Shell, alice: Person, bob: Person) -> None:
    conversation = alice.logs_in().creates(bob, title="Tea")

    told = shell.does("conversations", "show", conversation)

    assert "Tea" in told
    assert "bob" in told


def test_added_member_receives_the_conversation_and_the_others_are_notified(
    shell: Shell, alice: Person, bob: Person, carol: Person
) -> None:
    hers, his, carols = alice.logs_in(), bob.logs_in(), carol.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()

    told = shell.reads("conversations", "add-member", conversation, "carol", "bob")

    assert told == {"added": ["carol"]}
    assert carols.receives("conversation_created")["conversation_id"] == conversation
    for client in (hers, his):
        added = client.receives("members_added")
        assert [each["username"] for each in added["members"]] == ["carol"]
        assert added["by"]["username"] == "alice"


def test_adding_a_present_member_notifies_nobody(shell: Shell, alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob)

    told = shell.does("conversations", "add-member", conversation, "bob")

    assert told == "Added nobody.\n"
    hers.receives_nothing()


def test_removed_member_receives_nothing_more(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.discards_received()

    shell.does("conversations", "remove-member", conversation, "bob")

    assert his.receives("member_removed")["username"] == "bob"
    assert hers.receives("member_removed")["username"] == "bob"
    hers.says("Gone?", to=conversation)
    his.receives_nothing()


def test_user_who_is_not_a_member_cannot_be_removed(
    shell: Shell, alice: Person, bob: Person
) -> None:
    conversation = alice.logs_in().creates()

    why = shell.is_rejected("conversations", "remove-member", conversation, bob.user.username)

    assert why == "parley: bob is not a member.\n"


@pytest.mark.parametrize("command", ["add-member", "remove-member"])
def test_members_of_a_direct_conversation_do_not_change(
    shell: Shell, alice: Person, bob: Person, command: str
) -> None:
    conversation = alice.logs_in().creates(bob, kind="direct")

    why = shell.is_rejected("conversations", command, conversation, "bob")

    assert "direct conversation" in why


def test_conversation_without_members_gets_none(shell: Shell, alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates()
    hers.sends("leave_conversation", conversationId=conversation)

    why = shell.is_rejected("conversations", "add-member", conversation, bob.user.username)

    assert "closed" in why


@pytest.mark.parametrize(
    "command", [["show"], ["add-member", "alice"], ["remove-member", "alice"]], ids=lambda c: c[0]
)
@pytest.mark.usefixtures("alice")
def test_unknown_conversation_is_rejected(shell: Shell, command: list[str]) -> None:
    name, *who = command

    why = shell.is_rejected("conversations", name, "nowhere", *who)

    assert why == "parley: There is no conversation 'nowhere'.\n"


def test_more_users_than_one_transaction_holds_are_added_in_parts(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    conversation = alice.logs_in().creates()
    names = [simulation.register(f"person{number}").username for number in range(40)]

    told = shell.reads("conversations", "add-member", conversation, *names)

    assert told == {"added": names}
    check_members()


def test_conversation_starts_with_no_more_members_than_one_transaction_holds(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    names = [
        simulation.register(f"person{number}").username for number in range(MAX_INITIAL_MEMBERS)
    ]
    members = [word for name in names for word in ("--member", name)]

    why = shell.is_rejected("conversations", "create", "--owner", alice.user.username, *members)

    assert "at most 49 members" in why
    assert rows("ConversationsTable") == []


@pytest.mark.parametrize("command", ["create", "add-member"])
def test_limits_hold_for_operators_too(
    shell: Shell, alice: Person, bob: Person, command: str
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    words = {
        "create": ("--owner", "alice", "--member", "bob"),
        "add-member": (hers.creates(), "bob"),
    }
    his.creates()
    shell.limits(conversations_per_user=1)

    why = shell.is_rejected("conversations", command, *words[command])

    assert "can be in no more conversations than 1" in why
    assert len(rows("ConversationsTable")) == 2


@pytest.mark.parametrize("conversation_id", ["", "x" * 3000], ids=["empty", "long"])
def test_id_that_no_conversation_can_have_is_unknown(shell: Shell, conversation_id: str) -> None:
    why = shell.is_rejected("conversations", "show", conversation_id)

    assert why == f"parley: There is no conversation {conversation_id!r}.\n"
