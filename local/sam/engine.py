"""The container engine that the SAM CLI uses: Docker, or whatever answers at `DOCKER_HOST`."""

import ipaddress
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import docker
from docker.errors import APIError, DockerException, NotFound

from local.deployment import architecture
from local.tools import LocalStackError

LAMBDA_IMAGE = f"public.ecr.aws/lambda/python:3.13-{architecture()}"
"""What the SAM CLI puts the layers on."""

DESKTOP_HOST = "host.docker.internal"
"""How Docker Desktop lets containers reach this machine's loopback."""

_USUAL = "unix:///var/run/docker.sock"
_BRIDGES = ("bridge", "podman")
_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Engine:
    client: Any

    @classmethod
    def find(cls) -> Self:
        """Connect to the engine.

        Raises:
            LocalStackError: none answers.
        """
        try:
            client = docker.from_env(timeout=_SECONDS)
            client.ping()
        except DockerException as error:
            raise LocalStackError(
                f"no container engine answers at {os.environ.get('DOCKER_HOST', _USUAL)}. SAM's "
                "containers need Docker, or an engine whose socket DOCKER_HOST names. `make run` "
                "alone needs none."
            ) from error
        return cls(client)

    def fetch_image(self, name: str) -> None:
        """Fetch an image that the engine does not have yet.

        Raises:
            LocalStackError: it cannot be fetched.
        """
        with suppress(NotFound):
            self.client.images.get(name)
            return
        print(f"fetching {name}", flush=True)  # noqa: T201 - a command's progress
        try:
            self.client.images.pull(name)
        except APIError as error:
            raise LocalStackError(f"the engine cannot fetch {name}: {error.explanation}") from error

    def bridge_address(self) -> str | None:
        """Give this machine's address on the containers' bridge; None where it is not ours.

        With Docker Desktop the bridge is in a virtual machine.
        """
        for name in _BRIDGES:
            with suppress(NotFound, KeyError, IndexError):
                address = _gateway(self.client.networks.get(name).attrs["IPAM"]["Config"][0])
                return address if _is_ours(address) else None
        return None

    def remove_containers(self, variable: str) -> int:
        """Remove the containers whose environment holds `variable` (as `NAME=value`), and count."""
        found = [
            each
            for each in self.client.containers.list(all=True, ignore_removed=True)
            if variable in (each.attrs["Config"]["Env"] or ())
        ]
        for each in found:
            # SAM itself may be removing it.
            with suppress(NotFound, APIError):
                each.remove(force=True)
        return len(found)


def _gateway(network: dict[str, str]) -> str:
    """Give the network's gateway: the first address, if the engine has not said yet."""
    return network.get("Gateway") or str(next(ipaddress.ip_network(network["Subnet"]).hosts()))


def _is_ours(address: str) -> bool:
    try:
        socket.create_server((address, 0)).close()
    except OSError:
        return False
    return True
