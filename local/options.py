"""The options of a local stack."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from local.tools import ROOT, LocalStackError

WEB_PUSH = {"WebPush": "true", "VapidSubject": "mailto:parley@localhost.test"}
"""So that the web app can be notified. It costs something for each message, so tests do without."""

USUAL = WEB_PUSH | {"PeopleDirectory": "true"}
"""What a local run has beside the template's defaults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where the stack listens, where it keeps its data, and how it differs from the defaults.

    `parameters` are the template's; `gateway` holds options of `python -m local.gateway`. With a
    `lambda_port` the gateway invokes the functions there, in the SAM CLI's containers.
    """

    port: int = 8080
    aws_port: int = 4566
    data: Path = ROOT / ".local"
    project: Path = ROOT
    build: Path = ROOT / ".aws-sam" / "local"
    web_app: Path = ROOT / "clients" / "web" / "dist"
    beside: Path = ROOT / "clients" / "web"
    parameters: Mapping[str, str] = field(default_factory=dict)
    gateway: tuple[str, ...] = ()
    lambda_port: int | None = None
    demo: bool = True
    save_interval_seconds: float = 5

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables that `make run` accepts."""
        deadline = _number(environment, "AUTH_DEADLINE_SECONDS")
        usual = cls()
        return cls(
            port=_number(environment, "PORT") or usual.port,
            aws_port=_number(environment, "AWS_PORT") or usual.aws_port,
            data=Path(environment.get("DATA") or usual.data).absolute(),
            parameters=USUAL
            | _parameters(environment)
            | ({"AuthDeadlineSeconds": str(deadline)} if deadline else {}),
            lambda_port=_lambda_port(environment),
        )

    @classmethod
    def for_tests(
        cls,
        data: Path,
        parameters: Mapping[str, str] | None = None,
        *,
        demo: bool = False,
        lambda_is_sam: bool = False,
    ) -> Self:
        """Choose free ports, so that it runs beside any other; tests may order faults."""
        port, aws_port, lambda_port = _free_ports(3)
        return cls(
            port=port,
            aws_port=aws_port,
            data=data,
            parameters=parameters or {},
            gateway=("--faults",),
            lambda_port=lambda_port if lambda_is_sam else None,
            demo=demo,
        )


def _number(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name)
    if text and not text.isdecimal():
        raise LocalStackError(f"{name} is not a number: {text!r}")
    return int(text) if text else None


def _parameters(environment: Mapping[str, str]) -> dict[str, str]:
    given = environment.get("PARAMETERS", "").split()
    for each in given:
        if "=" not in each[1:]:
            raise LocalStackError(f"PARAMETERS is no list of Name=value: {each!r}")
    return dict(each.split("=", 1) for each in given)


def _lambda_port(environment: Mapping[str, str]) -> int | None:
    match environment.get("LAMBDA"):
        case None | "":
            return None
        case "sam":
            return _number(environment, "LAMBDA_PORT") or _free_ports(1)[0]
        case other:
            raise LocalStackError(f"LAMBDA is 'sam' or not given: {other!r}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports
