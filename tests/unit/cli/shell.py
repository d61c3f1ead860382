"""An operator at a shell: the words that the command's tests are written in."""

import io
import json
from copy import replace
from typing import Any, cast

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from click.testing import CliRunner, Result

from chat.runtime.log import logger
from cli.context import GlobalOptions
from cli.deployment import Deployment
from cli.errors import ExitCode
from cli.main import parley
from cli.output import Output
from testing.simulation import REGION, Invocation, Simulation
from testing.tables import MODELS

GOOD_PASSWORD = "nine lives, all of them"


def session_of(simulation: Simulation) -> boto3.Session:
    """Make a session whose Lambda runs the function `backend` of a deployment in memory."""

    def run(request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401 -- botocore's
        answer = simulation.backend(json.loads(cast("bytes", request.body)), Invocation())
        body = io.BytesIO(json.dumps(answer).encode())
        return AWSResponse(request.url, 200, HTTPHeaders(), body)

    logger()  # made here, it does not write to what the command prints to
    session = boto3.Session(region_name=REGION)
    session.events.register_first("before-send.lambda.Invoke", run)
    return session


class Shell:
    """Types commands at one deployment; what they did is seen in the world behind it."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.deployment = Deployment(
            stack="parley",
            status="CREATE_COMPLETE",
            outputs={name: name for name in MODELS}
            | {"ManagementEndpoint": "https://gateway", "BackendFunction": "parley-backend"},
            parameters={},
            session=session_of(simulation),
            services=simulation.services,
        )

    def types(self, *words: str, answering: str = "") -> Result:
        """Run a command, however it ends."""
        setting = GlobalOptions(lambda: self.deployment, Output(as_json=False))
        return CliRunner().invoke(parley, words, input=answering, obj=setting)

    def does(self, *words: str, answering: str = "") -> str:
        """Run a command that does what it is asked to; what it tells."""
        result = self.types(*words, answering=answering)
        assert result.exit_code == ExitCode.DONE, result.output
        return result.stdout

    def reads(self, *words: str, answering: str = "") -> Any:  # noqa: ANN401 -- any JSON value
        """Run a command with `--json`; the value it tells."""
        return json.loads(self.does("--json", *words, answering=answering))

    def is_rejected(self, *words: str, answering: str = "") -> str:
        """Run a command that refuses; why."""
        result = self.types(*words, answering=answering)
        assert result.exit_code == ExitCode.REFUSED, result.output
        return result.stderr

    def limits(self, **limits: int) -> None:
        """Give the deployment other limits."""
        self.deployment = replace(self.deployment, services=self.simulation.with_limits(**limits))

    def has_outputs(self, **outputs: str) -> None:
        """Give the deployment other outputs."""
        self.deployment = replace(self.deployment, outputs={**self.deployment.outputs, **outputs})

    def has_no_output(self, name: str) -> None:
        """Take an output from the deployment."""
        outputs = {key: value for key, value in self.deployment.outputs.items() if key != name}
        self.deployment = replace(self.deployment, outputs=outputs)

    def has_chat(self, **parts: Any) -> None:  # noqa: ANN401 -- a part each
        """Give the deployment's chat other parts."""
        self.deployment = replace(
            self.deployment, services=replace(self.deployment.services, **parts)
        )
