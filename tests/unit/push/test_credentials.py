from datetime import UTC, datetime, timedelta

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.session import Session

from chat.push.credentials import Credentials, CredentialsMissing, SessionCredentials


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session that finds no credentials but those it is given."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    return Session()


def test_the_sessions_credentials_are_used(session: Session) -> None:
    session.set_credentials("AKIDEXAMPLE", "secret", "token")

    credentials = SessionCredentials(session)()

    assert credentials == Credentials("AKIDEXAMPLE", "secret", "token")


def test_the_environment_is_looked_at_when_a_session_is_not_given(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del session
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    credentials = SessionCredentials()()

    assert credentials == Credentials("AKIDEXAMPLE", "secret", None)


def test_credentials_about_to_expire_are_refreshed(session: Session) -> None:
    fetched = iter(range(10))

    def fetch() -> dict[str, str]:
        expiry = datetime.now(UTC) + timedelta(seconds=1)
        return {
            "access_key": f"AKID{next(fetched)}",
            "secret_key": "secret",
            "token": "token",
            "expiry_time": expiry.isoformat(),
        }

    session._credentials = RefreshableCredentials.create_from_metadata(fetch(), fetch, "test")  # type: ignore[attr-defined]  # noqa: SLF001 -- a session takes only what never expires
    source = SessionCredentials(session)

    keys = [source().access_key for _ in range(2)]

    assert keys == ["AKID1", "AKID2"]


def test_no_credentials_are_an_error(session: Session) -> None:
    with pytest.raises(CredentialsMissing):
        SessionCredentials(session)()
