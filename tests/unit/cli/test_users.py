import pytest

from chat.actions.external_users import identity_of
from chat.auth.external import ExternalClaims
from chat.protocol.ids import ConversationId, UserId, Username
from chat.storage import identities
from chat.storage.connections import sessions_of
from chat.storage.memberships import members_page, memberships_of
from chat.storage.users import User, create_user, find_users
from cli.refusals import ExitCode
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


def test_a_program_is_told_the_new_users_id(shell: Shell) -> None:
    told = shell.reads("users", "create", "dora", "--password-stdin", answering=GOOD_PASSWORD)

    assert told["user_id"] == find_users([Username("dora")])[Username("dora")].user_id


def test_a_person_is_asked_for_the_password_twice(simulation: Simulation, shell: Shell) -> None:
    shell.does("users", "create", "dora", answering=f"{GOOD_PASSWORD}\n{GOOD_PASSWORD}\n")

    assert authenticates(simulation, "dora", GOOD_PASSWORD)["type"] == "auth_success"


@pytest.mark.parametrize("username", ["-dora", ".dora", "do ra", "dóra", "", "d" * 65, "dora\n"])
def test_a_name_that_may_be_mistaken_is_none(shell: Shell, username: str) -> None:
    result = shell.types("users", "create", "--", username)

    assert result.exit_code == ExitCode.WRONG_COMMAND_LINE
    assert "no username" in result.stderr


@pytest.mark.parametrize("typed", ["Dora", "DORA", "\uff24ora"])
def test_a_user_is_created_and_found_in_any_width_and_case(shell: Shell, typed: str) -> None:
    created = shell.reads("users", "create", typed, "--password-stdin", answering=GOOD_PASSWORD)

    assert created["username"] == "dora"
    assert shell.reads("users", "show", typed)["username"] == "dora"
    assert "'dora' already" in shell.is_refused(
        "users", "create", "dora", "--password-stdin", answering=GOOD_PASSWORD
    )


@pytest.mark.parametrize("username", ["d", "0", "dora.smith", "dora_smith-2", "d" * 64])
def test_any_other_name_is_one(shell: Shell, username: str) -> None:
    shell.does("users", "create", username, "--password-stdin", answering=GOOD_PASSWORD)

    assert Username(username) in find_users([Username(username)])


def test_no_two_users_have_one_name(shell: Shell, alice: Person) -> None:
    why = shell.is_refused(
        "users", "create", alice.user.username, "--password-stdin", answering=GOOD_PASSWORD
    )

    assert why == "parley: Somebody is called 'alice' already.\n"


def test_all_users_are_listed_by_name(shell: Shell, bob: Person, alice: Person) -> None:
    shell.does("users", "disable", "bob")

    listed = shell.reads("users", "list")

    assert [(each["username"], each["disabled"]) for each in listed] == [
        (alice.user.username, False),
        (bob.user.username, True),
    ]


def test_a_user_is_shown_with_the_connections_they_have(shell: Shell, alice: Person) -> None:
    alice.arrives()
    alice.arrives()

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
    client = alice.arrives()

    shell.does("users", "set-password", "alice", "--password-stdin", answering=GOOD_PASSWORD)

    assert client.receives("signed_out") == {"reason": "password_changed"}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"
    assert authenticates(simulation, "alice", GOOD_PASSWORD)["type"] == "auth_success"
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_a_disabled_user_is_out_and_stays_out(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    client = alice.arrives()

    shell.does("users", "disable", "alice")

    assert client.receives("signed_out") == {"reason": "disabled"}
    assert client.connection_id not in simulation.sockets.open
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_an_enabled_user_is_let_in_by_the_password_again(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    client = alice.arrives()
    shell.does("users", "disable", "alice")

    shell.does("users", "enable", "alice")

    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["type"] == "auth_success"
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_a_renamed_user_authenticates_under_the_new_name_alone(
    simulation: Simulation, shell: Shell, alice: Person
) -> None:
    client = alice.arrives()

    shell.does("users", "rename", "alice", "alice.smith")

    assert client.receives("signed_out") == {"reason": "renamed"}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"
    reply = authenticates(simulation, "alice.smith", PASSWORD_OF_ALL)
    assert reply["data"]["user_id"] == alice.user.user_id
    assert comes_back(simulation, client.token)["code"] == "invalid_token"


def test_a_renamed_user_is_a_member_under_the_new_name(
    shell: Shell, alice: Person, bob: Person
) -> None:
    his = bob.arrives()
    conversation = his.creates(alice)

    shell.does("users", "rename", "alice", "alice.smith")

    members = his.sends("list_members", conversationId=conversation)["data"]["items"]
    assert {each["username"] for each in members} == {"bob", "alice.smith"}


def test_what_was_written_keeps_the_name_it_was_written_under(
    shell: Shell, alice: Person, bob: Person
) -> None:
    his, hers = bob.arrives(), alice.arrives()
    conversation = his.creates(alice)
    hers.says("Hello", to=conversation)

    shell.does("users", "rename", "alice", "alice.smith")

    page = his.sends("history", conversationId=conversation)["data"]["messages"]
    assert [each["username"] for each in page] == ["alice"]


def test_nobody_is_given_a_name_that_somebody_has(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    why = shell.is_refused("users", "rename", "alice", bob.user.username)

    assert "'bob' already" in why
    assert find_users([alice.user.username]) == {alice.user.username: alice.user}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["type"] == "auth_success"


def test_whom_a_provider_names_is_renamed_there(simulation: Simulation, shell: Shell) -> None:
    identity = identity_of(ExternalClaims("https://provider", "subject", "dora"))
    user = User(UserId("user-dora"), Username("dora"))
    create_user(user, "no password", simulation.now_ms, identity)

    why = shell.is_refused("users", "rename", "dora", "theodora")

    assert "provider" in why


def test_renaming_to_the_same_name_mends_a_renaming_that_was_cut_off(
    shell: Shell, alice: Person, bob: Person
) -> None:
    conversation = bob.arrives().creates(alice)
    shell.does("users", "rename", "bob", "bobby")
    shell.does("users", "create", "bob", "--password-stdin", answering=GOOD_PASSWORD)

    shell.does("users", "rename", "bobby", "bobby")

    members = members_page(ConversationId(conversation))
    assert {each.username for each in members} == {"alice", "bobby"}


def test_who_leaves_before_a_renaming_is_mended_is_counted_out(
    shell: Shell, alice: Person, bob: Person
) -> None:
    conversation = bob.arrives().creates(alice)
    identities.rename(bob.user, Username("bobby"))
    shell.does("users", "create", "bob", "--password-stdin", answering=GOOD_PASSWORD)

    shell.does("conversations", "remove-member", conversation, "bobby")

    check_members()


def test_a_deleted_user_has_left_every_conversation(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()
    group, direct = hers.creates(bob), hers.creates(bob, kind="direct")
    hers.says("Hello", to=group)
    his.forgets()

    told = shell.reads("users", "delete", "alice", "--yes")

    assert told["conversations_left"] == 2
    assert find_users([alice.user.username]) == {}
    assert list(memberships_of(alice.user.user_id)) == []
    assert {his.receives("member_removed")["conversation_id"] for _ in range(2)} == {group, direct}
    assert authenticates(simulation, "alice", PASSWORD_OF_ALL)["code"] == "invalid_credentials"


def test_who_is_added_while_being_deleted_leaves_that_too(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()
    hers.creates(bob)
    is_added = False

    def add(step: Step) -> None:
        nonlocal is_added
        tables = {place.table for place in step.places if place.is_written}
        if "CredentialsTable" in tables and "UsersTable" in tables and not is_added:
            is_added = True
            his.creates(alice)

    with simulation.steps.telling(simulation.dynamodb, before=add):
        told = shell.reads("users", "delete", "alice", "--yes")

    assert told["conversations_left"] == 2
    check_members()


def test_somebody_who_is_added_again_and_again_is_not_deleted(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    his = bob.arrives()

    def add(step: Step) -> None:
        tables = {place.table for place in step.places if place.is_written}
        if {"CredentialsTable", "UsersTable"} <= tables:
            his.creates(alice)

    with simulation.steps.telling(simulation.dynamodb, before=add):
        why = shell.is_refused("users", "delete", "alice", "--yes")

    assert "again and again" in why
    check_members()


def test_who_stays_behind_owns_the_group_and_reads_what_was_said(
    shell: Shell, alice: Person, bob: Person
) -> None:
    hers, his = alice.arrives(), bob.arrives()
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
    alice.arrives().creates(bob)
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
def test_nobody_is_told_to_be_nobody(shell: Shell, command: list[str]) -> None:
    why = shell.is_refused("users", *command, answering=GOOD_PASSWORD)

    assert why == "parley: There is no user 'nobody'.\n"


def test_sessions_of_others_go_on(
    simulation: Simulation, shell: Shell, alice: Person, bob: Person
) -> None:
    bob.arrives()

    shell.does("users", "disable", alice.user.username)

    assert len(sessions_of(bob.user.user_id, simulation.now_ms)) == 1
