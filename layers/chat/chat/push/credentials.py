"""Where the keys that sign a push come from."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botocore.credentials import Credentials as SessionKeys
    from botocore.session import Session


class Credentials(NamedTuple):
    access_key: str
    secret_key: str
    token: str | None = None


type CredentialSource = Callable[[], Credentials]
"""Asked once a push, so it answers from memory whenever it can."""


class CredentialsMissing(Exception):
    """Nothing that a botocore session looks at holds credentials."""


class SessionCredentials:
    """A botocore session's credentials, looked for on first use and refreshed by botocore."""

    def __init__(self, session: "Session | None" = None) -> None:
        self._session = session
        self._keys: SessionKeys | None = None

    def __call__(self) -> Credentials:
        if self._keys is None:
            self._keys = self._find()
        # Refreshes what is about to expire.
        access_key, secret_key, token, *_ = self._keys.get_frozen_credentials()
        if not access_key or not secret_key:
            raise CredentialsMissing("the credentials to sign pushes with are empty")
        return Credentials(access_key, secret_key, token)

    def _find(self) -> "SessionKeys":
        keys = (self._session or _new_session()).get_credentials()
        if keys is None:
            raise CredentialsMissing("no credentials to sign pushes with")
        return keys


def _new_session() -> "Session":
    from botocore.session import get_session  # noqa: PLC0415 -- 50 ms, paid by who needs it

    return get_session()
