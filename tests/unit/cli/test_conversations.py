import pytest

from chat.storage.membership_changes import MAX_INITIAL_MEMBERS
from testing.invariants import check_members, rows
from testing.people import Person
from testing.simulation import Simulation
from tests.unit.cli.shell import Shell


def test_a_created_conversation_is_shown_to_everybody_in_it(
    shell: Shell, alice: Person, bob: Person, carol: Person
) -> None:
    hers, carols = alice.arrives(), carol.arrives()
    members = ("--owner", "alice", "--member", "bob", "--member", "carol")

    told = shell.reads("conversations", "create", "--title", "Tea", *members)

    for client, role in ((hers, "owner"), (carols, "member")):
        shown = client.receives("conversation_created")
        assert (shown["conversation_id"], shown["role"]) == (told["conversation_id"], role)
        assert (shown["title"], shown["kind"]) == ("Tea", "group")
    his = bob.arrives()
    his.says("Here I am", to=told["conversation_id"])
    assert hers.receives("chat_message")["content"] == "Here I am"


def test_a_conversation_of_somebody_unknown_is_not_created(shell: Shell, alice: Person) -> None:
    hers = alice.arrives()

    why = shell.is_refused("conversations", "create", "--owner", "alice", "--member", "nobody")

    assert why == "parley: There is no user 'nobody'.\n"
    hers.receives_nothing()


def test_a_conversation_is_shown_with_who_is_there(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob, title="Tea")
    hers.says("Hello", to=conversation)

    shown = shell.reads("conversations", "show", conversation)

    assert (shown["kind"], shown["title"], shown["last_seq"]) == ("group", "Tea", 1)
    members = {each["username"]: each for each in shown["members"]}
    assert (members["alice"]["role"], members["alice"]["online"]) == ("owner", True)
    assert (members["bob"]["role"], members["bob"]["online"]) == ("member", False)


def test_a_person_sees_the_same(shell: Shell, alice: Person, bob: Person) -> None:
    conversation = alice.arrives().creates(bob, title="Tea")

    told = shell.does("conversations", "show", conversation)

    assert "Tea" in told
    assert "bob" in told


def test_somebody_added_is_shown_the_conversation_and_the_others_are_told(
    shell: Shell, alice: Person, bob: Person, carol: Person
) -> None:
    hers, his, carols = alice.arrives(), bob.arrives(), carol.arrives()
    conversation = hers.creates(bob)
    his.forgets()

    told = shell.reads("conversations", "add-member", conversation, "carol", "bob")

    assert told == {"added": ["carol"]}
    assert carols.receives("conversation_created")["conversation_id"] == conversation
    for client in (hers, his):
        added = client.receives("members_added")
        assert [each["username"] for each in added["members"]] == ["carol"]
        assert added["by"]["username"] == "alice"


def test_adding_members_who_are_members_tells_nobody(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates(bob)

    told = shell.does("conversations", "add-member", conversation, "bob")

    assert told == "Added nobody.\n"
    hers.receives_nothing()


def test_somebody_removed_hears_nothing_more(shell: Shell, alice: Person, bob: Person) -> None:
    hers, his = alice.arrives(), bob.arrives()
    conversation = hers.creates(bob)
    his.forgets()

    shell.does("conversations", "remove-member", conversation, "bob")

    assert his.receives("member_removed")["username"] == "bob"
    assert hers.receives("member_removed")["username"] == "bob"
    hers.says("Gone?", to=conversation)
    his.receives_nothing()


def test_who_is_no_member_is_not_removed(shell: Shell, alice: Person, bob: Person) -> None:
    conversation = alice.arrives().creates()

    why = shell.is_refused("conversations", "remove-member", conversation, bob.user.username)

    assert "not a member" in why


@pytest.mark.parametrize("command", ["add-member", "remove-member"])
def test_nobody_joins_or_leaves_a_direct_conversation(
    shell: Shell, alice: Person, bob: Person, command: str
) -> None:
    conversation = alice.arrives().creates(bob, kind="direct")

    why = shell.is_refused("conversations", command, conversation, "bob")

    assert "direct conversation" in why


def test_nobody_is_added_to_a_conversation_that_everybody_left(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers = alice.arrives()
    conversation = hers.creates()
    hers.sends("leave_conversation", conversationId=conversation)

    why = shell.is_refused("conversations", "add-member", conversation, bob.user.username)

    assert "closed" in why


@pytest.mark.parametrize(
    "command", [["show"], ["add-member", "alice"], ["remove-member", "alice"]], ids=lambda c: c[0]
)
@pytest.mark.usefixtures("alice")
def test_an_unknown_conversation_is_unknown(shell: Shell, command: list[str]) -> None:
    name, *who = command

    why = shell.is_refused("conversations", name, "nowhere", *who)

    assert why == "parley: There is no conversation 'nowhere'.\n"


def test_more_people_than_come_at_once_are_added_one_part_after_another(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    conversation = alice.arrives().creates()
    names = [simulation.register(f"person{number}").username for number in range(40)]

    told = shell.reads("conversations", "add-member", conversation, *names)

    assert told == {"added": names}
    check_members()


def test_a_conversation_does_not_begin_with_more_than_fit_one_transaction(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    names = [
        simulation.register(f"person{number}").username for number in range(MAX_INITIAL_MEMBERS)
    ]
    members = [word for name in names for word in ("--member", name)]

    why = shell.is_refused("conversations", "create", "--owner", alice.user.username, *members)

    assert "49 members at most" in why
    assert rows("ConversationsTable") == []


@pytest.mark.parametrize("command", ["create", "add-member"])
def test_an_operator_keeps_to_the_limits_as_well(
    shell: Shell, alice: Person, bob: Person, command: str
) -> None:
    hers, his = alice.arrives(), bob.arrives()
    words = {
        "create": ("--owner", "alice", "--member", "bob"),
        "add-member": (hers.creates(), "bob"),
    }
    his.creates()
    shell.limits(conversations_per_user=1)

    why = shell.is_refused("conversations", command, *words[command])

    assert "can be in no more conversations than 1" in why
    assert len(rows("ConversationsTable")) == 2
