"""What `make deploy` tells `sam deploy`: what was answered before, and a release of its own.

`sam deploy --guided` keeps the answers in samconfig.toml and offers them again, but not once it is
told a single parameter by hand (aws/aws-sam-cli#2380), as a new release must be at each deployment.
This runs before there is a stack, and without any package.
"""

import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path


def parameters(saved: str, stack: str, now: datetime) -> str:
    """Join the answers that a samconfig.toml keeps for a stack with what `make deploy` decides.

    That is the processor that it builds for, and the time as the release.
    """
    sections = tomllib.loads(saved)["default"]
    # What all commands have in common, SAM does not repeat under one of them.
    kept = sections["global"]["parameters"] | sections["deploy"]["parameters"]
    answers = kept.get("parameter_overrides", "") if kept["stack_name"] == stack else ""
    # Of two with one name, SAM takes the later.
    return f"{answers} Architecture=arm64 Release={now:%Y-%m-%dT%H:%M:%SZ}".strip()


if __name__ == "__main__":
    told = parameters(Path("samconfig.toml").read_text(), sys.argv[1], datetime.now(UTC))
    sys.stdout.write(told)
