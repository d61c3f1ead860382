import os

from cli.target import Place


def chosen(place: Place, **environment: str) -> dict[str, str]:
    place.choose(environment)
    return environment


def test_what_the_flags_leave_open_is_as_the_shell_has_it() -> None:
    environment = {"AWS_PROFILE": "mine", "AWS_REGION": "eu-west-1"}

    assert chosen(Place(), **environment) == environment


def test_a_profile_and_a_region_are_those_of_the_flags() -> None:
    place = Place(profile="ops", region="eu-central-1")

    environment = chosen(place, AWS_PROFILE="mine", AWS_REGION="eu-west-1")

    assert environment == {
        "AWS_PROFILE": "ops",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


def test_a_profile_that_is_asked_for_wins_over_keys_that_lie_about() -> None:
    environment = chosen(
        Place(profile="ops"),
        AWS_ACCESS_KEY_ID="AKIA",
        AWS_SECRET_ACCESS_KEY="secret",
        AWS_SESSION_TOKEN="token",
    )

    assert environment == {"AWS_PROFILE": "ops"}


def test_a_local_run_is_where_the_makefile_has_it() -> None:
    assert chosen(Place(local=True))["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"


def test_a_local_run_on_another_port_is_there() -> None:
    environment = chosen(Place(local=True), AWS_PORT="4600")

    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4600"


def test_no_key_or_profile_of_the_user_is_shown_to_a_local_run() -> None:
    environment = chosen(
        Place(local=True, profile="ops"),
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
