"""Where a command works: an account, or the emulator of a local run. The only look at the shell.

The libraries below take their credentials and addresses from the environment, so choosing a place
is setting variables, once, before any of them is used.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_PROFILES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")
_LOCAL_REGION = "us-east-1"
_LOCAL_PORT = "4566"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the flags say; what they leave open is as the AWS command line would have it."""

    local: bool = False
    stack: str = "parley"
    region: str | None = None
    profile: str | None = None

    def choose(self, environment: MutableMapping[str, str] = os.environ) -> None:
        """Have everything in this process work there."""
        # Keys in the environment would win over a profile that was asked for.
        if self.local or self.profile:
            for name in (*_KEYS, *_PROFILES):
                environment.pop(name, None)
        environment.update(self._variables(environment))

    def _variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        if self.local:
            port = environment.get("AWS_PORT", _LOCAL_PORT)
            # The emulator's well-known keys: never the user's own, nor their proxy.
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
