"""What `sam local` needs of a local stack, without a container."""

from pathlib import Path
from typing import Any

import pytest

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
    template = sam_template(deployed, Path("/built"), Addresses({}), {})

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

    with connected_people(stack) as people:
        event = people.put_into((FOLDER / "typing.json").read_text())
        functions.invoke(FunctionName="parley-typing", Payload=event.encode())
        pushes = [(name, frame["type"]) for name, frame in people.pushes()]

    assert pushes == [("bob", "typing"), ("carol", "typing")]
