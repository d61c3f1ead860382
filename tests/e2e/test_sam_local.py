"""What `sam local` needs of a local stack, without a container."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.deployment import Built
from local.sam.deployed import Deployed
from local.sam.people import connected_people
from local.sam.template import Addresses, sam_template
from testing.live.people import Deployment
from tests.integration.runtime.recorded import EVENTS, FOLDER, function_of


@pytest.fixture
def deployed(deployment: Deployment) -> Deployed:
    return Deployed.read(deployment.stack.aws_url)


def test_every_recorded_event_is_for_the_function_of_its_name(deployed: Deployed) -> None:
    found = {name: deployed.function_for(event) for name, event in EVENTS.items()}

    expected = {name: f"{function_of(name).title().replace('_', '')}Function" for name in EVENTS}
    assert found == expected


def test_every_variable_has_the_value_that_is_deployed(deployed: Deployed) -> None:
    template = sam_template(deployed, Built(Path("/built"), ""), Addresses({}), {})

    variables: dict[str, Any] = {
        resource["Properties"]["FunctionName"]: resource["Properties"]["Environment"]["Variables"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    assert variables == {
        each["FunctionName"]: each["Environment"]["Variables"] for each in deployed.functions
    }


def test_a_recorded_event_reaches_people_who_are_there(deployment: Deployment) -> None:
    stack = deployment.stack
    functions = stack.session.client("lambda", endpoint_url=stack.aws_url)
    recorded = (FOLDER / "typing.json").read_text()

    with connected_people(stack, recorded) as people:
        event = people.put_into(recorded)
        functions.invoke(FunctionName="parley-typing", Payload=event.encode())
        pushes = [(name, json.loads(text)["type"]) for name, text in people.pushes()]

    assert pushes == [("bob", "typing"), ("carol", "typing")]


def test_the_end_of_a_connection_is_shown_after_the_frame_that_says_why(
    deployment: Deployment,
) -> None:
    stack = deployment.stack
    functions = stack.session.client("lambda", endpoint_url=stack.aws_url)
    recorded = (FOLDER / "auth_deadline.json").read_text()

    with connected_people(stack, recorded) as people:
        event = people.put_into(recorded)
        functions.invoke(FunctionName="parley-auth_deadline", Payload=event.encode())
        (who, frame), (whose, end) = people.pushes()

    assert (who, json.loads(frame)["code"]) == ("unauthenticated", "auth_timeout")
    assert (whose, end[:1]) == ("unauthenticated", "(")
