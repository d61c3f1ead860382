"""`make run LAMBDA=sam`: the gateway invokes functions in real containers."""

from pathlib import Path

from local.options import Options
from local.sam.engine import Engine
from local.stack import Stack
from testing.live.people import Deployment
from tests.containers.test_invoke import containers


def test_two_people_chat_through_containers_and_none_is_left(
    engine: Engine, tmp_path: Path
) -> None:
    with Stack(Options.for_tests(tmp_path, demo=True, lambda_is_sam=True), print) as stack:
        deployment = Deployment(stack)
        with deployment.person("alice") as alice, deployment.person("bob") as bob:
            hers, his = alice.logs_in(), bob.logs_in()

            general = hers.creates(bob)
            hers.says("Hello!", to=general)

            assert his.receives("chat_message")["data"]["content"] == "Hello!"
            his.says("Hello yourself.", to=general)
            assert hers.receives("chat_message")["data"]["content"] == "Hello yourself."
        invoked = {each["POWERTOOLS_SERVICE_NAME"] for each in containers(engine)}

    assert invoked >= {"connect", "authenticate", "create_conversation", "chat_message"}
    assert containers(engine) == []
