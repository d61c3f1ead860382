import json

import pytest

from cli.errors import ExitCode
from testing.people import Client, Person
from testing.simulation import Simulation
from tests.unit.cli.shell import Shell

type Group = tuple[Client, str]


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    """Give a conversation of Alice and Bob, and a connection of Bob's."""
    his = bob.logs_in()
    conversation = alice.logs_in().creates(bob)
    his.discards_received()
    return his, conversation


def lines(*frames: object) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in frames)


def test_send_sends_a_message_in_the_users_name(shell: Shell, group: Group) -> None:
    his, conversation = group

    printed = shell.does("send", conversation, "Hello", "--as", "alice", "--type", "greeting")

    received = his.receives("chat_message")
    assert (received["username"], received["content"]) == ("alice", "Hello")
    assert received["type"] == "greeting"
    assert printed == f"Sent {received['message_id']}.\n"


def test_message_of_one_id_is_stored_once(shell: Shell, group: Group) -> None:
    _, conversation = group
    words = ("send", conversation, "Hello", "--as", "alice", "--id", "order-17")

    first, second = (shell.reads(*words) for _ in range(2))

    assert first == second


def test_rejected_message_ends_the_command_with_the_reason(
    shell: Shell, group: Group, carol: Person
) -> None:
    _, conversation = group

    reason = shell.is_rejected("send", conversation, "Hello", "--as", carol.user.username)

    assert "not a member" in reason


def test_user_of_a_providers_subject_is_found_under_any_name(
    simulation: Simulation, shell: Shell, group: Group
) -> None:
    simulation.services = simulation.with_limits(external_issuer="https://login.example.com/")
    his, conversation = group
    words = ("send", conversation, "Hello", "--as-operator", "--create-user", "--subject", "42")

    shell.does(*words, "--as", "dora")
    shell.does(*words, "--as", "dora.smith")

    assert [his.receives("chat_message")["username"] for _ in range(2)] == ["dora", "dora"]


def test_operator_sends_as_a_user_who_is_created_for_that(shell: Shell, group: Group) -> None:
    his, conversation = group

    shell.does("send", conversation, "Hello", "--as", "shop", "--as-operator", "--create-user")

    assert his.receives("chat_message")["username"] == "shop"


def test_unknown_user_ends_the_command(shell: Shell, group: Group) -> None:
    _, conversation = group

    assert "no user 'shop'" in shell.is_rejected("send", conversation, "Hello", "--as", "shop")


def test_frames_prints_the_reply_to_each_line(shell: Shell, group: Group) -> None:
    his, conversation = group
    frame = {"type": "chat_message", "conversationId": conversation}
    asked = [frame | {"data": {"content": str(number)}} for number in range(30)]

    printed = shell.does("frames", "--as", "alice", answering=lines(*asked))

    replies = [json.loads(line) for line in printed.splitlines()]
    assert [each["data"]["content"] for each in replies] == [str(number) for number in range(30)]
    assert [each["data"] for each in his.received] == [each["data"] for each in replies]


def test_frames_tells_by_its_exit_code_that_a_frame_was_rejected(
    shell: Shell, group: Group
) -> None:
    _, conversation = group
    history = {"type": "history", "conversationId": conversation}

    result = shell.types(
        "frames", "--as", "alice", answering=lines(history, {"type": "dance"}, history)
    )

    kinds = [json.loads(line)["type"] for line in result.stdout.splitlines()]
    assert kinds == ["history", "error", "history"]
    assert result.exit_code == ExitCode.REFUSED
    assert "1 of 3 frames" in result.stderr


def test_line_that_is_not_json_is_named_and_nothing_is_sent(shell: Shell, group: Group) -> None:
    his, conversation = group
    frame = {"type": "chat_message", "conversationId": conversation, "data": {"content": "Hi"}}

    reason = shell.is_rejected("frames", "--as", "alice", answering=lines(frame) + "\nHello?\n")

    assert "Line 3" in reason
    his.receives_nothing()


def test_deployment_of_an_older_version_has_no_function_for_it(shell: Shell) -> None:
    shell.has_no_output("BackendFunction")

    assert "deploy" in shell.is_rejected("send", "general", "Hello", "--as", "alice")
