import os

import pytest

from cli.errors import CommandRefused
from cli.target import Target


def activated(target: Target, **environment: str) -> dict[str, str]:
    target.activate(environment)
    return environment


def test_environment_is_kept_without_flags() -> None:
    environment = {"AWS_PROFILE": "mine", "AWS_REGION": "eu-west-1"}

    assert activated(Target(), **environment) == environment


def test_flags_set_the_profile_and_the_region() -> None:
    target = Target(profile="ops", region="eu-central-1")

    environment = activated(target, AWS_PROFILE="mine", AWS_REGION="eu-west-1")

    assert environment == {
        "AWS_PROFILE": "ops",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


def test_profile_of_the_flags_wins_over_keys_in_the_environment() -> None:
    environment = activated(
        Target(profile="ops"),
        AWS_ACCESS_KEY_ID="AKIA",
        AWS_SECRET_ACCESS_KEY="secret",
        AWS_SESSION_TOKEN="token",
    )

    assert environment == {"AWS_PROFILE": "ops"}


def test_local_stack_has_the_port_of_the_makefile() -> None:
    assert activated(Target(local=True))["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"


def test_local_stack_may_have_another_port() -> None:
    environment = activated(Target(local=True), AWS_PORT="4600")

    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4600"


def test_local_stack_gets_no_key_or_profile_of_the_user() -> None:
    environment = activated(
        Target(local=True, profile="ops"),
        AWS_PROFILE="mine",
        AWS_SESSION_TOKEN="secret",
        AWS_ACCESS_KEY_ID="AKIA",
        AWS_SECRET_ACCESS_KEY="secret",
    )

    assert "AWS_PROFILE" not in environment
    assert "AWS_SESSION_TOKEN" not in environment
    assert (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) == (
        "test",
        "test",
    )
    assert environment["AWS_CONFIG_FILE"] == os.devnull


@pytest.mark.parametrize("port", ["", "abc", "0", "65536"])
def test_local_stack_on_no_port_is_rejected(port: str) -> None:
    with pytest.raises(CommandRefused, match="AWS_PORT"):
        activated(Target(local=True), AWS_PORT=port)
