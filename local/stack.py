"""The whole local stack as one object: `with Stack(Options.for_tests(folder)) as stack: …`."""

import errno
import fcntl
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property, partial
from pathlib import Path
from typing import NoReturn, Self

import boto3

from local.aws import session
from local.build import Build, architecture
from local.child import Child
from local.deployment import Deployment
from local.emulator import Emulator
from local.executables import ROOT
from local.failures import LocalStackError
from local.fault_orders import FaultOrders
from local.gateway_process import GatewayProcess
from local.options import Options

_POLL_SECONDS = 0.05
_LEASH = Path(__file__).with_name("leash.py")


class Stack:
    """Emulator, deployment, demo data and front: all there after `start`, all gone after `stop`.

    It can be started again then. `say` is told, a line at a time, what is being done.
    """

    def __init__(self, options: Options, say: Callable[[str], object] = lambda _: None) -> None:
        self.options = options
        self.emulator = Emulator(options.data / "emulator", options.aws_port)
        self.gateway = GatewayProcess(
            options.data, options.port, self.emulator.url, options.page, options.gateway
        )
        self._say = say
        self._held = ExitStack()
        self._saved_at = 0.0

    # Where it is.

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self.options.port}/ws/chat"

    @property
    def http_url(self) -> str:
        """Where the page is, and `@connections`."""
        return f"http://127.0.0.1:{self.options.port}"

    @property
    def aws_url(self) -> str:
        """The emulator, which is every AWS service but the front."""
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
    def faults(self) -> FaultOrders:
        return FaultOrders(self.options.port)

    # Its life.

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it all; if anything fails or interrupts, nothing is left running.

        Raises:
            LocalStackError: says to the person who typed the command what is wrong.
        """
        try:
            self._claim()
            self._say("starting the emulator")
            self.emulator.start()
            self._deploy()
            if self.options.demo:
                self._seed()
            self.emulator.keep()
            self._say("starting the front")
            self.gateway.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what runs of it; the front first, so that `$disconnect` still finds its function."""
        self.gateway.stop()
        self.emulator.stop()
        self._held.close()

    @property
    def is_running(self) -> bool:
        return not (self.gateway.child.has_ended or self.emulator.child.has_ended)

    def watch(self) -> NoReturn:
        """Save the tables now and then, for ever.

        Raises:
            LocalStackError: a part of the stack has ended.
        """
        while True:
            for child in (self.emulator.child, self.gateway.child):
                if child.has_ended:
                    raise LocalStackError(f"the {child.name} has ended\n{child.last_lines()}")
            if time.monotonic() - self._saved_at > self.options.save_seconds:
                self._saved_at = time.monotonic()
                self.emulator.save()
            time.sleep(_POLL_SECONDS)

    # Its parts.

    def _claim(self) -> None:
        self.options.data.mkdir(parents=True, exist_ok=True)
        lock = self._held.enter_context((self.options.data / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalStackError(f"a local stack runs already in {self.options.data}") from error
        for part in (self.gateway, self.emulator):
            if part.end_leftover():
                self._say("ended what a former run had left")
        _check_free(self.options.port, "PORT")
        _check_free(self.options.aws_port, "AWS_PORT")

    def _deploy(self) -> None:
        build = Build(self.options.build, self.options.project)
        deployment = self._deployment
        with build.alone():
            built = build.describe()
            if not build.is_done(built):
                self._say("building the functions (the first time takes a while)")
                build.perform(built, partial(self._run, "build"))
            if deployment.is_stuck():
                self._say("the former deployment is beyond repair: beginning with empty tables")
                self.emulator.reset()
            if not deployment.is_done(built):
                self._say("deploying the template")
                self._run("deploy", deployment.command(built), deployment.environment)
                deployment.note(built)

    def _seed(self) -> None:
        self._say("looking after the demo users")
        tables = {
            name.removesuffix("Table").upper() + "_TABLE": value
            for name, value in self.outputs.items()
            if name.endswith("Table")
        }
        paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'chat'}"}
        command = [sys.executable, "-m", "local.demo"]
        self._run("demo", command, self._deployment.environment | tables | paths)

    def _run(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        """Run a command to its end, which is not later than ours."""
        child = Child(name, self.options.data, Path(sys.executable), "-I", str(_LEASH), *command)
        try:
            child.start(environment, ROOT)
            if child.wait() != os.EX_OK:
                raise LocalStackError(f"{name} failed:\n{child.last_lines()}")
        finally:
            child.kill()

    @property
    def _deployment(self) -> Deployment:
        of_this_machine = {
            "Architecture": architecture(),
            "ManagementEndpoint": self.http_url,
            "RouteResponses": "false",
            "KeyRotationDays": "0",
        }
        return Deployment(self.emulator.url, of_this_machine | dict(self.options.parameters))


def _check_free(port: int, variable: str) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        why = "in use" if error.errno == errno.EADDRINUSE else f"not to be had ({error.strerror})"
        raise LocalStackError(f"port {port} is {why}: choose another with {variable}=…") from error
