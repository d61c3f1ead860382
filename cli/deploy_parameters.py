"""What `make deploy` tells `sam deploy`: what was answered before, and a release of its own.

`sam deploy --guided` keeps the answers in samconfig.toml and offers them again, but not once it is
told a single parameter by hand (aws/aws-sam-cli#2380), as a new release must be at each deployment.
This runs before there is a stack, and without any package.
"""

import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

LONGEST_STACK_NAME = 44
"""A function's name may have 64 characters, and the longest of ours adds 20."""


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


def check_stack(stack: str) -> None:
    """End where a stack's name leaves no room for the names of its functions.

    The template's rules cannot measure a name, and CloudFormation would fail half-way through.
    """
    if len(stack) > LONGEST_STACK_NAME:
        raise SystemExit(
            f"The stack's name may have at most {LONGEST_STACK_NAME} characters, since its "
            f"functions are named after it: {stack} has {len(stack)}."
        )


if __name__ == "__main__":
    check_stack(sys.argv[1])
    told = parameters(Path("samconfig.toml").read_text(), sys.argv[1], datetime.now(UTC))
    sys.stdout.write(told)
