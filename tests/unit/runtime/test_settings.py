import pytest
from msgspec.structs import fields

from chat.runtime.settings import Settings, read_settings

REGION = {"AWS_REGION": "eu-central-1"}
OPTIONAL = [setting.name for setting in fields(Settings) if not setting.required]


def test_a_region_is_all_that_must_be_there() -> None:
    assert read_settings(REGION) == Settings(aws_region="eu-central-1")


def test_what_must_be_there_is_named_where_it_is_missing() -> None:
    with pytest.raises(ValueError, match="AWS_REGION is missing"):
        read_settings({})


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_the_variable_of_its_name(setting: str) -> None:
    settings = read_settings(REGION | {setting.upper(): "7"})

    assert getattr(settings, setting) in ("7", 7, frozenset({"7"}))


def test_origins_are_listed_with_commas_between_them() -> None:
    settings = read_settings(REGION | {"ALLOWED_ORIGINS": "https://a.example,https://b.example"})

    assert settings.allowed_origins == {"https://a.example", "https://b.example"}
    assert read_settings(REGION | {"ALLOWED_ORIGINS": ""}).allowed_origins == frozenset()


def test_a_number_is_a_number() -> None:
    settings = read_settings(REGION | {"SESSION_SECONDS": "600", "ROSTER_TABLE": "600"})

    assert (settings.session_seconds, settings.roster_table) == (600, "600")


@pytest.mark.parametrize(
    "setting", [field.name for field in fields(Settings) if not field.required]
)
def test_an_empty_variable_is_not_there(setting: str) -> None:
    assert read_settings(REGION | {setting.upper(): ""}) == read_settings(REGION)


def test_what_must_be_there_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="AWS_REGION is missing"):
        read_settings({"AWS_REGION": ""})


@pytest.mark.parametrize("text", ["x", "-1", "1.5", " 1", "1e3", "0x10", "1_000"])
def test_what_is_no_whole_number_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="SESSION_SECONDS is not a whole number"):
        read_settings(REGION | {"SESSION_SECONDS": text})


def test_variables_of_others_are_left_alone() -> None:
    assert read_settings(REGION | {"PATH": "/bin", "session_seconds": "x"}) == read_settings(REGION)
