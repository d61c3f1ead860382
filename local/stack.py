"""The whole local stack as one object: `with Stack(Options.for_tests(folder)) as stack: …`."""

import errno
import fcntl
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from functools import cached_property, partial
from http.client import HTTPConnection
from pathlib import Path
from typing import NoReturn, Self

import boto3

from local.aws import session
from local.deployment import Build, Deployment, architecture
from local.emulator import Emulator
from local.fault_client import FaultClient
from local.managed_process import ManagedProcess
from local.options import Options
from local.tools import ROOT, LocalStackError, environment_without_aws

_GATEWAY_START_SECONDS = 15.0
_GATEWAY_STOP_SECONDS = 6.0
_SAM_START_SECONDS = 60.0
# SAM itself has ten, and then its containers are removed.
_SAM_STOP_SECONDS = 30.0
_POLL_SECONDS = 0.05


class Stack:
    """Emulator, deployment, demo data and gateway: all run after `start`, none after `stop`.

    A stopped stack can be started again. `say` gets a line of text for each step.
    """

    def __init__(self, options: Options, say: Callable[[str], object] = lambda _: None) -> None:
        self.options = options
        self.emulator = Emulator(options.data / "emulator", options.aws_port)
        self.gateway = _gateway_process(options, self.emulator.url)
        self._sam = _sam_process(options)
        self._say = say
        self._locks = ExitStack()
        self._saved_at = 0.0

    # Addresses.

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self.options.port}/ws/chat"

    @property
    def http_url(self) -> str:
        """Where the web app and `@connections` are."""
        return f"http://127.0.0.1:{self.options.port}"

    @property
    def aws_url(self) -> str:
        """The emulator, which is each AWS service but API Gateway's WebSockets."""
        return self.emulator.url

    @property
    def session(self) -> boto3.Session:
        """Makes clients: `stack.session.client("dynamodb", endpoint_url=stack.aws_url)`."""
        return session()

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """The deployed template's outputs."""
        return self._deployment.outputs()

    @property
    def faults(self) -> FaultClient:
        return FaultClient(self.options.port)

    # Start and stop.

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything. After an error or an interrupt, nothing is left running.

        Raises:
            LocalStackError: a part cannot start.
        """
        try:
            if self.options.lambda_port:
                _prepare_engine()
            self._claim_folder_and_ports()
            self._say("starting the emulator")
            self.emulator.start()
            self._deploy()
            if self.options.demo:
                self._seed()
            self.emulator.persist()
            if self.options.lambda_port:
                self._start_sam(self.options.lambda_port)
            self._say("starting the gateway")
            self._start_gateway()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the gateway, then the emulator: `$disconnect` still needs its function."""
        self.gateway.stop(_GATEWAY_STOP_SECONDS)
        self._sam.stop(_SAM_STOP_SECONDS)
        self.emulator.stop()
        self._locks.close()

    @property
    def is_running(self) -> bool:
        return not any(part.has_ended for part in self._parts)

    def watch(self) -> NoReturn:
        """Save the tables every few seconds, and never return.

        Raises:
            LocalStackError: a part of the stack has ended.
        """
        while True:
            for part in self._parts:
                if part.has_ended:
                    raise LocalStackError(f"the {part.name} has ended\n{part.last_lines()}")
            if time.monotonic() - self._saved_at > self.options.save_interval_seconds:
                self._saved_at = time.monotonic()
                self.emulator.save_tables()
            time.sleep(_POLL_SECONDS)

    @property
    def _parts(self) -> list[ManagedProcess]:
        sam = [self._sam] if self.options.lambda_port else []
        return [self.emulator.process, *sam, self.gateway]

    # Steps of the start.

    def _claim_folder_and_ports(self) -> None:
        self.options.data.mkdir(parents=True, exist_ok=True)
        lock = self._locks.enter_context((self.options.data / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalStackError(f"a local stack already uses {self.options.data}") from error
        stale = [
            self.gateway.kill_stale(_GATEWAY_STOP_SECONDS),
            self._sam.kill_stale(_SAM_STOP_SECONDS),
            self.emulator.kill_stale(),
        ]
        if any(stale):
            self._say("stopped what an earlier run had left")
        _check_free(self.options.port, "PORT")
        _check_free(self.options.aws_port, "AWS_PORT")

    def _deploy(self) -> None:
        build = Build(self.options.build, self.options.project)
        deployment = self._deployment
        with build.locked():
            built = build.describe()
            if not build.is_current(built):
                self._say("building the functions (the first time takes a while)")
                build.perform(built, partial(self._run, "build"))
            if deployment.is_stuck():
                self._say("the last deployment cannot be repaired: starting with empty tables")
                self.emulator.reset()
            if not deployment.is_current(built):
                self._say("deploying the template")
                self._run("deploy", deployment.command(built), deployment.environment)
                deployment.record(built)

    def _seed(self) -> None:
        self._say("creating the demo users, if they are missing")
        tables = table_variables(self.outputs)
        paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'chat'}"}
        command = [sys.executable, "-m", "local.demo"]
        self._run("demo", command, self._deployment.environment | tables | paths)

    def _start_sam(self, port: int) -> None:
        self._say("starting sam local start-lambda")
        ports = {"PORT": self.options.port, "AWS_PORT": self.options.aws_port, "LAMBDA_PORT": port}
        given = {"LAMBDA": "sam"} | {name: str(value) for name, value in ports.items()}
        self._sam.start(environment_without_aws() | given, ROOT)
        self._sam.wait_until(lambda: _accepts_connections(port), _SAM_START_SECONDS)
        _build_image(port)

    def _start_gateway(self) -> None:
        self.gateway.start(environment_without_aws(), ROOT)
        is_ready = partial(_accepts_connections, self.options.port)
        self.gateway.wait_until(is_ready, _GATEWAY_START_SECONDS)

    def _run(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        """Run a command to its end. It ends with this process at the latest."""
        supervised = ("-m", "local.managed_process", *command)
        process = ManagedProcess(name, self.options.data, Path(sys.executable), *supervised)
        try:
            process.start(environment, ROOT)
            if process.wait() != os.EX_OK:
                raise LocalStackError(f"{name} failed:\n{process.last_lines()}")
        finally:
            process.kill()

    @property
    def _deployment(self) -> Deployment:
        of_this_machine = {
            "Architecture": architecture(),
            "ManagementEndpoint": self.http_url,
            "FilesEndpoint": self.aws_url,
            "RouteResponses": "false",
            "KeyRotationDays": "0",
        }
        return Deployment(self.emulator.url, of_this_machine | dict(self.options.parameters))


def table_variables(outputs: Mapping[str, str]) -> dict[str, str]:
    """Give the tables' names by the variables that functions read: `SENT_TABLE` for `SentTable`."""
    return {
        re.sub(r"\B([A-Z])", r"_\1", name).upper(): value
        for name, value in outputs.items()
        if name.endswith("Table")
    }


def _gateway_process(options: Options, emulator_url: str) -> ManagedProcess:
    arguments = (
        *("-m", "local.gateway", "--until-stdin-ends"),
        *(f"--port={options.port}", f"--endpoint={emulator_url}"),
        *(f"--web-app={options.web_app}", f"--beside={options.beside}"),
        *options.gateway,
    )
    if options.lambda_port:
        # A container of SAM's handles one event at a time.
        endpoint = f"--lambda-endpoint=http://127.0.0.1:{options.lambda_port}"
        arguments += (endpoint, "--logical-names", "--concurrency=1")
    return ManagedProcess("gateway", options.data, Path(sys.executable), *arguments)


def _sam_process(options: Options) -> ManagedProcess:
    module = ("-m", "local.sam.start_lambda")
    return ManagedProcess("sam", options.data, Path(sys.executable), *module)


def _build_image(port: int) -> None:
    """Have the engine build the functions' image now, so that the first client need not wait."""
    lambda_api = HTTPConnection("127.0.0.1", port, timeout=_SAM_START_SECONDS)
    with closing(lambda_api):
        # No event of a client's: the function of the first route rejects it, and stays warm.
        lambda_api.request("POST", "/2015-03-31/functions/ConnectFunction/invocations", "{}")
        lambda_api.getresponse().read()


def _prepare_engine() -> None:
    # Its import takes a fifth of a second, which the stack alone does without.
    from local.sam.engine import LAMBDA_IMAGE, Engine  # noqa: PLC0415 - said above

    # Here, where no time-out runs yet.
    Engine.find().fetch_image(LAMBDA_IMAGE)


def _accepts_connections(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _check_free(port: int, variable: str) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        why = "in use" if error.errno == errno.EADDRINUSE else f"not available ({error.strerror})"
        raise LocalStackError(f"port {port} is {why}: choose another with {variable}=…") from error
