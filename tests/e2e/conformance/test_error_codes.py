"""Error codes that any client can provoke."""

from testing.live.people import PASSWORD, Person


def test_bad_request(alice: Person) -> None:
    hers = alice.logs_in()

    refused = hers.is_rejected("bad_request", "chat_message", conversationId="x", data={})

    assert refused["data"] == {"field": "data.content"}


def test_bad_request_for_text_that_is_not_json(alice: Person) -> None:
    hers = alice.logs_in()

    hers.socket.send("Hello?")

    assert hers.receives("error")["code"] == "bad_request"


def test_unknown_type(alice: Person) -> None:
    hers = alice.logs_in()

    hers.is_rejected("unknown_type", "teleport")


def test_connect_and_disconnect_are_not_frame_types(alice: Person) -> None:
    hers = alice.logs_in()

    for route in ("$connect", "$disconnect", "$default"):
        hers.is_rejected("unknown_type", route)

    assert hers.sends("list_conversations")["type"] == "conversations"


def test_too_large(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob)

    hers.is_rejected(
        "too_large", "chat_message", conversationId=conversation, data={"content": "x" * 16_385}
    )


def test_not_authenticated(alice: Person) -> None:
    client = alice.connects()

    client.is_rejected("not_authenticated", "typing", conversationId="general")


def test_not_a_member(alice: Person, bob: Person, carol: Person) -> None:
    conversation = alice.logs_in().creates(bob)
    outside = carol.logs_in()

    outside.is_rejected("not_a_member", "history", conversationId=conversation)
    outside.is_rejected("not_a_member", "history", conversationId="there is none")


def test_forbidden(alice: Person, bob: Person, carol: Person) -> None:
    conversation = alice.logs_in().creates(bob)

    bob.logs_in().is_rejected(
        "forbidden",
        "add_members",
        conversationId=conversation,
        data={"members": [carol.user.username]},
    )


def test_conflict(alice: Person, bob: Person, carol: Person) -> None:
    hers = alice.logs_in()
    conversation = hers.creates(bob, kind="direct")

    hers.is_rejected(
        "conflict",
        "add_members",
        conversationId=conversation,
        data={"members": [carol.user.username]},
    )


def test_invalid_credentials_for_a_wrong_password_and_for_an_unknown_user(alice: Person) -> None:
    client = alice.connects()

    wrong = client.sends("authenticate", data={"username": alice.user.username, "password": "no"})
    nobody = client.sends("authenticate", data={"username": "nobody", "password": "no"})

    for each in (wrong, nobody):
        each.pop("requestId")
    assert wrong == nobody
    assert (wrong["type"], wrong["code"]) == ("auth_error", "invalid_credentials")


def test_invalid_token(alice: Person) -> None:
    client = alice.connects()

    told = client.sends("authenticate", data={"token": "a.b.c"})

    assert (told["type"], told["code"]) == ("auth_error", "invalid_token")


def test_already_authenticated(alice: Person, bob: Person) -> None:
    hers = alice.logs_in()

    told = hers.sends("authenticate", data={"username": bob.user.username, "password": PASSWORD})

    assert (told["type"], told["code"]) == ("auth_error", "already_authenticated")
