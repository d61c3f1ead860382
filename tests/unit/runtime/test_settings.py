import pytest
from msgspec.structs import fields

from chat.runtime.settings import Settings, read_settings

REGION = {"AWS_REGION": "eu-central-1"}
OPTIONAL = [setting.name for setting in fields(Settings) if not setting.required]


def test_region_is_the_only_required_setting() -> None:
    assert read_settings(REGION) == Settings(aws_region="eu-central-1")


def test_missing_setting_is_named() -> None:
    with pytest.raises(ValueError, match="AWS_REGION is missing"):
        read_settings({})


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_the_variable_of_its_name(setting: str) -> None:
    settings = read_settings(REGION | {setting.upper(): "7"})

    assert getattr(settings, setting) in ("7", 7, frozenset({"7"}))


def test_origins_are_separated_by_commas() -> None:
    settings = read_settings(REGION | {"ALLOWED_ORIGINS": "https://a.example,https://b.example"})

    assert settings.allowed_origins == {"https://a.example", "https://b.example"}
    assert read_settings(REGION | {"ALLOWED_ORIGINS": ""}).allowed_origins == frozenset()


def test_audiences_of_a_provider_are_separated_by_commas() -> None:
    settings = read_settings(REGION | {"EXTERNAL_AUDIENCE": "web,phone"})

    assert settings.external_audience == {"web", "phone"}


def test_numeric_setting_is_parsed() -> None:
    settings = read_settings(REGION | {"SESSION_SECONDS": "600", "ROSTER_TABLE": "600"})

    assert (settings.session_seconds, settings.roster_table) == (600, "600")


@pytest.mark.parametrize("setting", OPTIONAL)
def test_empty_variable_counts_as_missing(setting: str) -> None:
    assert read_settings(REGION | {setting.upper(): ""}) == read_settings(REGION)


def test_required_setting_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="AWS_REGION is missing"):
        read_settings({"AWS_REGION": ""})


@pytest.mark.parametrize("text", ["x", "-1", "1.5", " 1", "1e3", "0x10", "1_000"])
def test_setting_that_is_no_integer_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="SESSION_SECONDS is not a whole number"):
        read_settings(REGION | {"SESSION_SECONDS": text})


def test_unrelated_variables_are_ignored() -> None:
    assert read_settings(REGION | {"PATH": "/bin", "session_seconds": "x"}) == read_settings(REGION)
