import pytest

from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage import identities
from chat.storage.connections import sessions_of
from chat.storage.memberships import members_page, memberships_of
from chat.storage.profiles import find_profiles
from chat.storage.tables import ProfileRow
from chat.storage.users import User, create_user, find_users
from cli.errors import ExitCode
from testing.invariants import check_members
from testing.people import Client, Person
from testing.simulation import PASSWORD_OF_ALL, Simulation
from testing.sockets import Frame
from testing.steps import Step
from tests.unit.cli.shell import GOOD_PASSWORD, Shell


def authenticates(simulation: Simulation, username: str, password: str) -> Frame:
    reply = simulation.send(
        simulation.connect(),
        {"type": "authenticate", "data": {"username": username, "password": password}},
    )
    assert reply is not None
    return reply


def comes_back(simulation: Simulation, token: str) -> Frame:
    reply = simulation.send(
        simulation.connect(), {"type": "authenticate", "data": {"token": token}}
    )
    assert reply is not None
    return reply


def test_a_created_user_can_authenticate(simulation: Simulation, shell: Shell) -> None:
    told = shell.does("users", "create", "dora", "--password-stdin", answering=f"{GOOD_PASSWORD}\n")

    assert told == "Created dora.\n"
    assert authenticates(simulation, "dora", GOOD_PASSWORD)["type"] == "auth_success"


def test_json_output_has_the_id_of_a_new_user(shell: Shell) -> None:
    told = shell.reads("users", "create", "dora", "--password-stdin", answering=GOOD_PASSWORD)

    assert told["user_id"] == find_users([Username("dora")])[Username("dora")].user_id


def test_password_is_asked_for_twice(simulation: Simulation, shell: Shell) -> None:
    shell.does("users", "create", "dora", answering=f"{GOOD_PASSWORD}\n{GOOD_PASSWORD}\n")

    assert authenticates(simulation, "dora", GOOD_PASSWORD)["type"] == "auth_success"


@pytest.mark.parametrize("username", ["-dora", ".dora", "do ra", "dóra", "", "d" * 65, "dora\n"])
def test_ambiguous_username_is_rejected(shell: Shell, username: str) -> None:
    result = shell.types("users", "create", "--", username)

    assert result.exit_code == ExitCode.WRONG_COMMAND_LINE
    assert "not a username" in result.stderr


@pytest.mark.parametrize("typed", ["Dora", "DORA", "\uff24ora"])
def test_a_user_is_created_and_found_in_any_width_and_case(shell: Shell, typed: str) -> None:
    created = shell.reads("users", "create", typed, "--password-stdin", answering=GOOD_PASSWORD)

    assert created["username"] == "dora"
    assert shell.reads("users", "show", typed)["username"] == "dora"
    assert "'dora' is taken" in shell.is_rejected(
        "users", "create", "dora", "--password-stdin", answering=GOOD_PASSWORD
    )


@pytest.mark.parametrize("username", ["d", "0", "dora.smith", "dora_smith-2", "d" * 64])
def test_unambiguous_username_is_accepted(shell: Shell, username: str) -> None:
    shell.does("users", "create", username, "--password-stdin", answering=GOOD_PASSWORD)

    assert Username(username) in find_users([Username(username)])


def test_username_of_another_user_is_rejected(shell: Shell, alice: Person) -> None:
    why = shell.is_rejected(
        "users", "create", alice.user.username, "--password-stdin", answering=GOOD_PASSWORD
    )

    assert why == "parley: The username 'alice' is taken.\n"


def test_all_users_are_listed_by_name(shell: Shell, bob: Person, alice: Person) -> None:
    shell.does("users", "disable", "bob")

    listed = shell.reads("users", "list")

    assert [(each["username"], each["disabled"]) for each in listed] == [
        (alice.user.username, False),
        (bob.user.username, True),
    ]


def test_a_user_is_shown_with_the_connections_they_have(shell: Shell, alice: Person) -> None:
    alice.logs_in()
    alice.logs_in()

    shown = shell.reads("users", "show", "alice")

    assert shown == {
        "username": "alice",
        "user_id": alice.user.user_id,
        "created_at": "2026-11-22T18:19:14.123Z",
        "disabled": False,
        "connections": 2,
    }


def test_another_password_replaces_the_old_one_and_ends_all_sessions(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    client = alice.logs_in()

    shell.does("users", "set-password", "alice", "--password-stdin", answering=GOOD_PASSWORD)

    assert client.receives("signed_out") == {"reason": "password_changed"}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"
    assert authenticates(simulation, "alice", GOOD_PASSWORD)["type"] == "auth_success"
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_disabled_user_cannot_log_in(simulation: Simulation, shell: Shell, alice: Person) -> None:
    client = alice.logs_in()

    shell.does("users", "disable", "alice")

    assert client.receives("signed_out") == {"reason": "disabled"}
    assert client.connection_id not in simulation.sockets.open
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_an_enabled_user_is_let_in_by_the_password_again(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    client = alice.logs_in()
    shell.does("users", "disable", "alice")

    shell.does("users", "enable", "alice")

    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["type"] == "auth_success"
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_a_renamed_user_authenticates_under_the_new_name_alone(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    client = alice.logs_in()

    shell.does("users", "rename", "alice", "alice.smith")

    assert client.receives("signed_out") == {"reason": "renamed"}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"
    reply = authenticates(simulation, "alice.smith", PASSWORD_OF_ALL)
    assert reply["data"]["user_id"] == alice.user.user_id
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_a_renamed_user_is_a_member_under_the_new_name(
    shell: Shell, alice: Person, bob: Person
) -> None:
    his = bob.logs_in()
    conversation = his.creates(alice)

    shell.does("users", "rename", "alice", "alice.smith")

    members = his.sends("list_members", conversationId=conversation)["data"]["items"]
    assert {each["username"] for each in members} == {"bob", "alice.smith"}


def test_messages_keep_the_name_that_they_were_sent_under(
    shell: Shell, alice: Person, bob: Person
) -> None:
    his, hers = bob.logs_in(), alice.logs_in()
    conversation = his.creates(alice)
    hers.says("Hello", to=conversation)

    shell.does("users", "rename", "alice", "alice.smith")

    page = his.sends("history", conversationId=conversation)["data"]["messages"]
    assert [each["username"] for each in page] == ["alice"]


def test_user_is_not_renamed_to_the_name_of_another(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    why = shell.is_rejected("users", "rename", "alice", bob.user.username)

    assert "'bob' is taken" in why
    assert find_users([alice.user.username]) == {alice.user.username: alice.user}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["type"] == "auth_success"


def test_user_of_a_provider_is_not_renamed(simulation: Simulation, shell: Shell) -> None:
    identity = identities.identity_of("https://provider", "subject")
    user = User(UserId("user-dora"), Username("dora"))
    create_user(user, "no password", simulation.now_ms, identity)

    why = shell.is_rejected("users", "rename", "dora", "theodora")

    assert "provider" in why


def test_renaming_to_the_same_name_finishes_a_renaming_that_was_cut_off(
    shell: Shell, alice: Person, bob: Person
) -> None:
    conversation = bob.logs_in().creates(alice)
    shell.does("users", "rename", "bob", "bobby")
    shell.does("users", "create", "bob", "--password-stdin", answering=GOOD_PASSWORD)

    shell.does("users", "rename", "bobby", "bobby")

    members = members_page(ConversationId(conversation))
    assert {each.username for each in members} == {"alice", "bobby"}


def test_member_who_leaves_during_an_unfinished_renaming_is_counted_once(
    shell: Shell, alice: Person, bob: Person
) -> None:
    conversation = bob.logs_in().creates(alice)
    identities.rename(bob.user, Username("bobby"))
    shell.does("users", "create", "bob", "--password-stdin", answering=GOOD_PASSWORD)

    shell.does("conversations", "remove-member", conversation, "bobby")

    check_members()


def test_a_deleted_user_has_left_every_conversation(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group, direct = hers.creates(bob), hers.creates(bob, kind="direct")
    hers.says("Hello", to=group)
    his.discards_received()

    told = shell.reads("users", "delete", "alice", "--yes")

    assert told["conversations_left"] == 2
    assert find_users([alice.user.username]) == {}
    assert list(memberships_of(alice.user.user_id)) == []
    assert {his.receives("member_removed")["conversation_id"] for _ in range(2)} == {group, direct}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"


def test_user_who_is_added_during_the_deletion_leaves_that_conversation_too(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    hers.creates(bob)
    is_added = False

    def add(step: Step) -> None:
        nonlocal is_added
        tables = {place.table for place in step.places if place.is_written}
        if "CredentialsTable" in tables and "UsersTable" in tables and not is_added:
            is_added = True
            his.creates(alice)

    with simulation.steps.observing(simulation.dynamodb, before=add):
        told = shell.reads("users", "delete", "alice", "--yes")

    assert told["conversations_left"] == 2
    check_members()


def test_user_whom_others_keep_adding_is_not_deleted(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    his = bob.logs_in()

    def add(step: Step) -> None:
        tables = {place.table for place in step.places if place.is_written}
        if {"CredentialsTable", "UsersTable"} <= tables:
            his.creates(alice)

    with simulation.steps.observing(simulation.dynamodb, before=add):
        why = shell.is_rejected("users", "delete", "alice", "--yes")

    assert "keep adding alice" in why
    check_members()


def test_remaining_member_owns_the_group_and_reads_its_messages(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    group = hers.creates(bob)
    hers.says("Hello", to=group)

    shell.does("users", "delete", "alice", "--yes")

    (conversation,) = his.sends("list_conversations")["data"]["items"]
    assert (conversation["role"], conversation["last_message"]["content"]) == ("owner", "Hello")


def test_a_deletion_is_asked_about_first(shell: Shell, alice: Person) -> None:
    result = shell.types("users", "delete", "alice", answering="n\n")

    assert result.exit_code == ExitCode.FAILED
    assert find_users([alice.user.username]) == {alice.user.username: alice.user}


def test_a_name_that_was_given_up_is_free_and_brings_nothing_with_it(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    alice.logs_in().creates(bob)
    shell.does("users", "delete", "alice", "--yes")

    shell.does("users", "create", "alice", "--password-stdin", answering=GOOD_PASSWORD)

    connection_id = simulation.connect()
    client = Client(simulation, connection_id, alice.user)
    client.sends("authenticate", data={"username": "alice", "password": GOOD_PASSWORD})
    assert client.sends("list_conversations")["data"]["items"] == []


@pytest.mark.parametrize(
    "command",
    [
        ["show", "nobody"],
        ["set-password", "nobody", "--password-stdin"],
        ["disable", "nobody"],
        ["enable", "nobody"],
        ["rename", "nobody", "somebody"],
        ["delete", "nobody", "--yes"],
    ],
    ids=lambda words: words[0],
)
def test_unknown_user_is_rejected(shell: Shell, command: list[str]) -> None:
    why = shell.is_rejected("users", *command, answering=GOOD_PASSWORD)

    assert why == "parley: There is no user 'nobody'.\n"


def test_sessions_of_others_go_on(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    bob.logs_in()

    shell.does("users", "disable", alice.user.username)

    assert len(sessions_of(bob.user.user_id, simulation.now_ms)) == 1


@pytest.mark.parametrize("username", ["", "x" * 3000, "no one"], ids=["empty", "long", "spaced"])
@pytest.mark.parametrize(
    "command", [["users", "show"], ["connections", "list"], ["data", "export"]], ids=" ".join
)
def test_name_that_no_user_can_have_is_unknown(
    shell: Shell, command: list[str], username: str
) -> None:
    why = shell.is_rejected(*command, username)

    assert why == f"parley: There is no user {username!r}.\n"


def test_profiles_are_added_to_users_who_have_none(
    shell: Shell, alice: Person, bob: Person
) -> None:
    ProfileRow(alice.user.user_id).delete()

    assert shell.reads("users", "add-profiles") == {"profiles_added": 1}

    assert find_profiles([alice.user.user_id, bob.user.user_id]).keys() == {
        alice.user.user_id,
        bob.user.user_id,
    }
