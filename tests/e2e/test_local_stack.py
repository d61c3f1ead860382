"""What needs a deployment whose parameters and pushes the test controls."""

from testing.live.people import AUTH_DEADLINE_SECONDS, Deployment, Person


def test_greeting_carries_the_templates_times(alice: Person) -> None:
    client = alice.connects()

    greeted, asked = client.receives("connected"), client.receives("auth_required")

    assert greeted == {"type": "connected", "data": {"protocol": 1, "heartbeat_seconds": 30}}
    assert asked == {"type": "auth_required", "data": {"deadline_seconds": AUTH_DEADLINE_SECONDS}}


def test_a_heartbeat_names_the_conversation_of_a_lost_push(
    deployment: Deployment, alice: Person, bob: Person
) -> None:
    hers, his = alice.logs_in(), bob.logs_in()
    conversation = hers.creates(bob)
    his.receives("conversation_created")
    deployment.stack.faults.answer("delivered", deployment.connection_id_of(his))
    hers.says("lost on its way", to=conversation)

    ack = his.sends("heartbeat", data={"positions": {conversation: 0}})

    deployment.stack.faults.clear()
    assert ack["data"]["behind"] == {conversation: 1}
