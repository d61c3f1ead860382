"""The operator's command on a running stack."""

import pytest

from chat.protocol.ids import UserId, Username
from chat.storage.users import User
from testing.live.people import PASSWORD, Deployment, Person
from tests.e2e.shell import Shell


@pytest.fixture
def shell(deployment: Deployment) -> Shell:
    return Shell.at(deployment)


def test_doctor_finds_no_problem_in_a_good_deployment_and_leaves_nothing_behind(
    shell: Shell,
) -> None:
    findings = shell.reads("doctor")

    assert [each["part"] for each in findings if not each["healthy"]] == []
    assert findings[-1]["part"] == "conversation"
    left = [each["username"] for each in shell.reads("users", "list")]
    assert [name for name in left if name.startswith("doctor")] == []


def test_an_operator_creates_renames_and_erases_a_user(
    deployment: Deployment, shell: Shell, alice: Person
) -> None:
    name = f"dora-{alice.user.user_id[:8]}"
    hers = alice.logs_in()
    conversation = hers.creates()

    created = shell.reads("users", "create", name, "--password-stdin", answering=PASSWORD)
    dora = Person(deployment.stack.websocket_url, User(UserId(created["user_id"]), Username(name)))
    client = dora.logs_in()
    shell.does("conversations", "add-member", conversation, name)
    assert client.receives("conversation_created")["data"]["conversation_id"] == conversation
    said = client.says("Thank you for having me", to=conversation)

    token = shell.reads("tokens", "issue", name)["token"]
    phone = dora.logs_in(token=token)
    assert len(shell.reads("connections", "list", name)) == 2
    shell.does("users", "rename", name, f"{name}-2")
    assert phone.receives("signed_out")["data"] == {"reason": "renamed"}
    client.is_closed_by_the_service()

    assert shell.reads("data", "export", f"{name}-2")["messages"] == [said]
    shell.does("data", "erase", f"{name}-2", "--yes")
    assert hers.receives("member_removed")["data"]["username"] == f"{name}-2"
    page = hers.sends("history", conversationId=conversation)
    assert page["data"]["messages"] == []
    late = dora.connects().sends("authenticate", data={"username": name, "password": PASSWORD})
    assert late["code"] == "invalid_credentials"
