"""The owner's function allows, refuses or replaces what is sent and edited."""

from collections.abc import Callable
from copy import replace
from typing import Any

import pytest
from msgspec import to_builtins

from chat.hooks.before_send import (
    MAX_REASON,
    Allow,
    NoVerdict,
    Proposal,
    Refuse,
    Replace,
    Sender,
    Verdict,
)
from chat.protocol.limits import MAX_CONTENT_BYTES
from testing.backend import Backend
from testing.people import Client, Person
from testing.simulation import Simulation

type Group = tuple[Client, Client, str]

FAILURES: list[Verdict | None] = [
    None,
    Replace(""),
    Replace("x" * (MAX_CONTENT_BYTES + 1)),
    Replace("\x00" * MAX_CONTENT_BYTES),
]


class Function:
    """The owner's function; it gives one verdict, or none."""

    def __init__(self, verdict: Verdict | None, *, allows_on_failure: bool = False) -> None:
        self.allows_on_failure = allows_on_failure
        self.verdict = verdict
        self.asked: list[Proposal] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def ask(self, proposal: Proposal) -> Verdict:
        self.asked.append(proposal)
        self.meanwhile()
        if self.verdict is None:
            raise NoVerdict
        return self.verdict


@pytest.fixture
def group(alice: Person, bob: Person) -> Group:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    hers.says("one", to=conversation)
    his.discards_received()
    return hers, his, conversation


def asking(
    simulation: Simulation, verdict: Verdict | None, *, allows_on_failure: bool = False
) -> Function:
    """Give the deployment a function that gives this verdict."""
    function = Function(verdict, allows_on_failure=allows_on_failure)
    simulation.services = replace(simulation.services, before_send=lambda: function)
    return function


def edit(conversation: str, content: str) -> dict[str, Any]:
    return {"messageId": f"{conversation}:1", "data": {"content": content}}


def contents(client: Client, conversation: str) -> list[str]:
    page = client.sends("history", conversationId=conversation)["data"]
    return [each["content"] for each in page["messages"]]


def test_function_is_asked_about_a_message_before_it_is_stored(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    function = asking(simulation, Allow())
    stored: list[list[str]] = []
    function.meanwhile = lambda: stored.append(contents(his, conversation))
    data = {"content": "two", "type": "greeting", "mentions": [his.user.user_id]}

    reply = hers.sends("chat_message", conversationId=conversation, data=data)

    assert stored == [["one"]]
    assert reply["data"]["seq"] == 2
    assert function.asked == [
        Proposal(
            kind="chat_message",
            conversation_id=reply["data"]["conversation_id"],
            user=Sender(hers.user.user_id, hers.user.username),
            content="two",
            type="greeting",
            mentions=[his.user.user_id],
        )
    ]


def test_function_is_asked_about_an_edit(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    function = asking(simulation, Allow())

    hers.sends("edit_message", **edit(conversation, "won"))

    [asked] = function.asked
    assert (asked.kind, asked.content, asked.type) == ("edit_message", "won", "text")
    assert his.receives("message_changed")["content"] == "won"


def test_function_sees_the_attachments_of_a_message(simulation: Simulation, group: Group) -> None:
    hers, _, conversation = group
    picture = hers.uploads(conversation, b"a picture", name="cat.png", media_type="image/png")
    function = asking(simulation, Allow())

    sent = hers.shows(picture, to=conversation)

    [asked] = function.asked
    [attachment] = asked.attachments
    assert (attachment.name, attachment.media_type) == ("cat.png", "image/png")
    assert attachment.size == len(b"a picture")
    assert to_builtins(asked.attachments) == sent["attachments"]


def test_function_sees_the_attachments_of_a_message_that_is_edited(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    sent = hers.shows(hers.uploads(conversation), to=conversation)
    function = asking(simulation, Allow())

    hers.sends("edit_message", messageId=sent["message_id"], data={"content": "My cat"})

    [asked] = function.asked
    assert asked.content == "My cat"
    assert to_builtins(asked.attachments) == sent["attachments"]


def test_upload_of_a_refused_message_can_be_sent_with_another(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    picture = hers.uploads(conversation)
    function = asking(simulation, Refuse())
    data = {"content": "Darn", "attachments": [{"attachment_id": picture}]}

    hers.is_rejected("refused", "chat_message", conversationId=conversation, data=data)

    function.verdict = Allow()
    [attachment] = hers.shows(picture, to=conversation)["attachments"]
    assert attachment["attachment_id"] == picture


def test_content_beside_an_attachment_may_be_replaced_by_nothing(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    picture = hers.uploads(conversation)
    asking(simulation, Replace(""))
    data = {"content": "Darn", "attachments": [{"attachment_id": picture}]}

    sent = hers.sends("chat_message", conversationId=conversation, data=data)["data"]
    edited = hers.sends("edit_message", messageId=sent["message_id"], data={"content": "Darn"})

    assert (sent["content"], len(sent["attachments"])) == ("", 1)
    assert edited["data"]["content"] == ""


def test_refused_message_is_not_stored_and_takes_no_number(
    simulation: Simulation, group: Group
) -> None:
    hers, his, conversation = group
    function = asking(simulation, Refuse("Be kind."))

    reply = hers.is_rejected(
        "refused", "chat_message", conversationId=conversation, data={"content": "Darn"}
    )

    assert reply["data"] == {"reason": "Be kind."}
    his.receives_nothing()
    function.verdict = Allow()
    assert hers.says("two", to=conversation)["seq"] == 2
    assert simulation.metrics["BeforeSendRefused"] == 1


def test_refused_edit_leaves_the_message_as_it_was(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    asking(simulation, Refuse())

    reply = hers.is_rejected("refused", "edit_message", **edit(conversation, "Darn"))

    assert "data" not in reply
    his.receives_nothing()
    assert contents(his, conversation) == ["one"]


def test_long_reason_is_cut_off(simulation: Simulation, group: Group) -> None:
    hers, _, conversation = group
    asking(simulation, Refuse("x" * 10_000))

    reply = hers.is_rejected(
        "refused", "chat_message", conversationId=conversation, data={"content": "Darn"}
    )

    assert reply["data"] == {"reason": "x" * MAX_REASON}


def test_everybody_sees_the_replaced_content(simulation: Simulation, group: Group) -> None:
    hers, his, conversation = group
    asking(simulation, Replace("D**n"))

    said = hers.says("Darn", to=conversation)
    hers.sends("edit_message", **edit(conversation, "Darn"))

    assert said["content"] == "D**n"
    assert his.receives("chat_message")["content"] == "D**n"
    assert his.receives("message_changed")["content"] == "D**n"
    assert contents(his, conversation) == ["D**n", "D**n"]
    assert simulation.metrics["BeforeSendReplaced"] == 2


@pytest.mark.parametrize("verdict", FAILURES)
def test_without_a_usable_answer_the_policy_refuses(
    simulation: Simulation, group: Group, verdict: Verdict | None
) -> None:
    hers, his, conversation = group
    asking(simulation, verdict)

    reply = hers.is_rejected(
        "refused", "chat_message", conversationId=conversation, data={"content": "two"}
    )
    hers.is_rejected("refused", "edit_message", **edit(conversation, "won"))

    assert "data" not in reply
    assert contents(his, conversation) == ["one"]
    assert simulation.metrics["BeforeSendFailed"] == 2


@pytest.mark.parametrize("verdict", FAILURES)
def test_without_a_usable_answer_the_policy_allows(
    simulation: Simulation, group: Group, verdict: Verdict | None
) -> None:
    hers, his, conversation = group
    asking(simulation, verdict, allows_on_failure=True)

    hers.says("two", to=conversation)
    hers.sends("edit_message", **edit(conversation, "won"))

    assert contents(his, conversation) == ["won", "two"]
    assert simulation.metrics["BeforeSendFailed"] == 2


def test_policy_that_allows_does_not_lift_a_refusal(simulation: Simulation, group: Group) -> None:
    hers, _, conversation = group
    asking(simulation, Refuse(), allows_on_failure=True)

    hers.is_rejected(
        "refused", "chat_message", conversationId=conversation, data={"content": "Darn"}
    )


def test_function_is_not_asked_about_what_is_rejected_anyway(
    simulation: Simulation, group: Group, carol: Person
) -> None:
    hers, _, conversation = group
    hello = {"conversationId": conversation, "data": {"content": "Hi"}}
    too_large = {"conversationId": conversation, "data": {"content": "x" * (MAX_CONTENT_BYTES + 1)}}
    simulation.services = simulation.with_limits(messages_per_minute=1)
    function = asking(simulation, Allow())

    carol.logs_in().is_rejected("not_a_member", "chat_message", **hello)
    hers.is_rejected("too_large", "chat_message", **too_large)
    hers.says("two", to=conversation)
    hers.is_rejected("rate_limited", "chat_message", **hello)

    assert [each.content for each in function.asked] == ["two"]


def test_function_is_not_asked_again_about_a_stored_message(
    simulation: Simulation, group: Group
) -> None:
    hers, _, conversation = group
    function = asking(simulation, Replace("D**n"))

    first, second = (
        hers.says("Darn", to=conversation, clientMessageId="order-17") for _ in range(2)
    )

    assert first == second
    assert len(function.asked) == 1


def test_function_is_asked_about_what_the_backend_sends(
    simulation: Simulation, group: Group
) -> None:
    _, _, conversation = group
    asking(simulation, Refuse("Be kind."))
    frame = {"type": "chat_message", "conversationId": conversation, "data": {"content": "Darn"}}

    [reply] = Backend(simulation).calls("alice", frame, as_operator=True)["replies"]

    assert (reply["code"], reply["data"]) == ("refused", {"reason": "Be kind."})


@pytest.mark.parametrize("type_", ["typing", "react", "delete_message", "set_title"])
def test_function_is_asked_about_no_other_frame(
    simulation: Simulation, group: Group, type_: str
) -> None:
    hers, _, conversation = group
    asking(simulation, Refuse())
    data = {"title": "Tea", "reaction": "👍", "is_on": True}

    reply = hers.sends(
        type_, conversationId=conversation, messageId=f"{conversation}:1", requestId="r", data=data
    )

    assert reply["type"] != "error"
