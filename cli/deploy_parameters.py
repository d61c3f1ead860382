"""The parameters that `make deploy` gives to `sam deploy`: the earlier answers, and a new release.

`sam deploy --guided` keeps the answers in samconfig.toml and offers them again, but not if it gets
a single parameter by hand (aws/aws-sam-cli#2380), and each deployment needs a new release. This
module runs before there is a stack, and without any package.
"""

import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

LONGEST_STACK_NAME = 44
"""A function's name may have 64 characters, and the longest of ours adds 20."""


def parameters(saved: str, stack: str, now: datetime) -> str:
    """Join the answers that a samconfig.toml keeps for a stack, the processor and the release.

    The processor is the one that `make deploy` builds for, the release is the time.
    """
    sections = tomllib.loads(saved)["default"]
    # SAM does not repeat under one command what is common to all.
    kept = sections["global"]["parameters"] | sections["deploy"]["parameters"]
    answers = kept.get("parameter_overrides", "") if kept["stack_name"] == stack else ""
    # If a name occurs twice, SAM takes the later one.
    return f"{answers} Architecture=arm64 Release={now:%Y-%m-%dT%H:%M:%SZ}".strip()


def check_stack(stack: str) -> None:
    """Exit if a stack's name leaves no room for the names of its functions.

    The template's rules cannot measure a name, and CloudFormation would fail half-way through.
    """
    if len(stack) > LONGEST_STACK_NAME:
        raise SystemExit(
            f"The stack's name may have at most {LONGEST_STACK_NAME} characters, since its "
            f"functions are named after it: {stack} has {len(stack)}."
        )


if __name__ == "__main__":
    check_stack(sys.argv[1])
    chosen = parameters(Path("samconfig.toml").read_text(), sys.argv[1], datetime.now(UTC))
    sys.stdout.write(chosen)
