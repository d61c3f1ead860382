import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import unquote

import pytest

from chat.protocol.ids import ConnectionId
from chat.push.post import Outcome
from testing.simulation import REGION, Simulation
from tests.integration.runtime.aws import serving_aws
from tests.integration.runtime.built_functions import BUILD, BuiltFunctions
from tests.integration.runtime.environments import (
    Environment,
    EnvironmentMaker,
    as_cloudformation,
    as_sam,
)
from tests.integration.runtime.scenario import REFERENCES, set_up
from tests.integration.runtime.serving import Answer, Request, serving

type MakeFunctions = Callable[..., BuiltFunctions]

STATUS = {Outcome.DELIVERED: 200, Outcome.GONE: 410, Outcome.THROTTLED: 429, Outcome.FAILED: 500}


class Management:
    """`@connections`, over the sockets of a test's simulation."""

    def __init__(self) -> None:
        self.simulation: Simulation | None = None

    def answer(self, request: Request) -> Answer:
        assert self.simulation is not None
        connection_id = ConnectionId(unquote(request.path.rpartition("/")[2]))
        sockets = self.simulation.sockets
        if request.method == "DELETE":
            return Answer(STATUS[sockets.close_connection(connection_id)])
        return Answer(STATUS[sockets.push([connection_id], request.body)[connection_id]])


@pytest.fixture(scope="session")
def management() -> Management:
    return Management()


@pytest.fixture(scope="session")
def build_functions(
    management: Management, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeFunctions]:
    """Give a way to start the functions with other parameters."""
    if not (BUILD / "template.yaml").exists():
        pytest.fail(f"{BUILD} holds no build of the functions: `make build` makes it")
    with serving_aws() as aws, serving(management.answer) as gateway:
        shared = {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_ENDPOINT_URL": aws,
        }
        references = {**REFERENCES, "ManagementEndpoint": f"http://{gateway}"}
        with ExitStack() as ends:

            def build(
                environment_by: EnvironmentMaker = as_cloudformation, **parameters: str
            ) -> BuiltFunctions:
                folder = tmp_path_factory.mktemp("functions")
                variables = _with_all_on(environment_by(references | parameters))
                built = BuiltFunctions(folder, shared, variables)
                ends.callback(built.end)
                return built

            yield build


def _with_all_on(variables: Environment) -> Environment:
    """Turn on what is off by default, and needs no layer that only some deployments have."""
    turned_on = {
        "NotificationsFunction": {"WEB_PUSH": "true"},
        "ProfilesFunction": {"PEOPLE_DIRECTORY": "true"},
    }
    return lambda function: {**variables(function), **turned_on.get(function, {})}


@pytest.fixture(scope="session", params=[as_cloudformation, as_sam])
def functions(build_functions: MakeFunctions, request: pytest.FixtureRequest) -> BuiltFunctions:
    """Give the functions with the variables of a deployment, and with those of `sam local`."""
    return build_functions(request.param)


@pytest.fixture
def simulation(aws: None, management: Management) -> Simulation:  # noqa: ARG001 -- moto first
    """Give the state that the recorded events assume."""
    simulation = Simulation()
    simulation.now_ms = time.time_ns() // 1_000_000
    set_up(simulation)
    management.simulation = simulation
    return simulation
