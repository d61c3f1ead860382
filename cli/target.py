"""Where a command works: an AWS account, or the emulator of the local stack.

The AWS libraries read their credentials and addresses from environment variables, so these are set
before any of the libraries is used.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from cli.errors import CommandRefused

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_LOCAL_REGION = "us-east-1"
_LOCAL_PORT = "4566"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What the flags say. The rest is as for the AWS command line."""

    local: bool = False
    stack: str = "parley"
    region: str | None = None
    profile: str | None = None

    def activate(self, environment: MutableMapping[str, str] = os.environ) -> None:
        """Set the environment variables by which the AWS libraries of this process work there.

        Raises:
            CommandRefused: AWS_PORT is not a port.
        """
        # Keys in the environment would win over the profile of the flags.
        if self.local or self.profile:
            for name in (*_KEYS, *_PROFILES):
                environment.pop(name, None)
        environment.update(self._variables(environment))

    def _variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        if self.local:
            port = _port(environment.get("AWS_PORT", _LOCAL_PORT))
            # The emulator's well-known keys: it gets neither the user's keys nor their proxy.
            return {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_REGION": _LOCAL_REGION,
                "AWS_DEFAULT_REGION": _LOCAL_REGION,
                "NO_PROXY": "127.0.0.1,localhost",
            }
        variables: dict[str, str] = {}
        if self.profile:
            variables["AWS_PROFILE"] = self.profile
        if self.region:
            variables |= {"AWS_REGION": self.region, "AWS_DEFAULT_REGION": self.region}
        return variables


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 0 < port < 1 << 16:
        raise CommandRefused(f"AWS_PORT is {text!r}, which is not a port.")
    return port
