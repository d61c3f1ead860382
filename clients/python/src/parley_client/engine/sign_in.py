"""The user's credentials, presented on each connection."""

from collections.abc import Callable
from dataclasses import dataclass, field

from parley_client.engine.context import Context
from parley_client.engine.effects import AskToken
from parley_client.engine.requests import DISCONNECTED, Outcome, Requests
from parley_client.engine.timers import Timer
from parley_client.errors import Frame, ParleyError
from parley_client.frames import BATCH
from parley_client.reading import (
    identity_of,
)
from parley_client.records import (
    Identity,
)

_RETRYABLE = {"timeout", "internal", "rate_limited"}
"""Another connection may help against these. Against any other answer it will not."""

_LOCKOUT_SECONDS = 30.0
_UNKNOWN_LIFE_SECONDS = 1_200.0
"""Of a session that has ended already, by this machine's clock."""


@dataclass(frozen=True)
class Credentials:
    """A token, a provider of tokens, or a password."""

    token: str | None = field(default=None, repr=False)
    has_provider: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SignInHooks:
    on_accepted: Callable[[Identity], None]
    on_retry: Callable[[ParleyError], None]
    """Another connection may help."""
    on_refused: Callable[[ParleyError], None]
    """The service accepts no credentials that there are."""


class SignIn:
    """Signs the user in on each connection, and renews the session before it ends.

    Each session brings a token, which is presented first. If the service refuses it, the provider
    is asked, or the password is presented again: a program has nobody to type it.
    """

    def __init__(
        self,
        credentials: Credentials,
        context: Context,
        requests: Requests,
        hooks: SignInHooks,
    ) -> None:
        self.identity: Identity | None = None
        """Who was signed in last."""
        self._credentials = credentials
        self._token = credentials.token
        self._requests = requests
        self._timers = context.timers
        self._timing = context.timing
        self._wall = context.clock.wall
        self._effect = context.effect
        self._hooks = hooks
        self._round = 0
        """Counts presentations: the answer to any but the latest counts for nothing."""
        self._timer: Timer | None = None

    def present(self) -> None:
        """Present the best credentials: on a connection just opened, or again on this one."""
        self.stop()
        credentials = self._credentials
        if self._token:
            self._authenticate({"token": self._token}, is_token=True)
        elif credentials.has_provider:
            asking = self._round
            self._effect(AskToken(asking))
            slow = ParleyError("timeout", "The token provider did not answer in time.")
            self._set_timer(self._timing.token_seconds, lambda: self.token_failed(asking, slow))
        else:
            self._authenticate(
                {"username": credentials.username, "password": credentials.password},
                is_token=False,
            )

    def stop(self) -> None:
        """Count no answer to what was presented: its connection is gone."""
        self._round += 1
        self._set_timer(None)

    def token_came(self, asking: int, token: str | None) -> None:
        if asking != self._round:
            return
        self._set_timer(None)
        if token is None:
            self._hooks.on_refused(ParleyError("signed_out", "The token provider has no token."))
        else:
            self._authenticate({"token": token}, is_token=False)

    def token_failed(self, asking: int, error: ParleyError) -> None:
        if asking != self._round:
            return
        self.stop()
        if self.identity:
            self._hooks.on_retry(error)
        else:
            self._hooks.on_refused(error)

    def _authenticate(self, data: Frame, *, is_token: bool) -> None:
        presented = self._round

        def answered(outcome: Outcome) -> None:
            if presented != self._round:
                return
            if isinstance(outcome, ParleyError):
                self._refused(outcome, is_token=is_token)
            else:
                self._accepted(outcome)

        frame = {"type": "authenticate", "data": {**data, "accepts": [BATCH]}}
        self._requests.request(frame, answered, self._timing.request_seconds)

    def _accepted(self, reply: Frame) -> None:
        try:
            identity = identity_of(reply["data"])
        except (KeyError, TypeError, ValueError) as error:
            wrong = ParleyError("internal", "The service's reply to authenticate makes no sense.")
            wrong.__cause__ = error
            self._hooks.on_retry(wrong)
            return
        if self.identity and self.identity.user.user_id != identity.user.user_id:
            message = "The token belongs to another user than the one who was signed in."
            self._hooks.on_refused(ParleyError("another_user", message))
            return
        self.identity, self._token = identity, identity.token
        self._set_timer(self._renew_in(identity), self._renew)
        self._hooks.on_accepted(identity)

    def _refused(self, error: ParleyError, *, is_token: bool) -> None:
        credentials = self._credentials
        if error.code == DISCONNECTED:
            return
        if error.code in _RETRYABLE or (error.code == "conflict" and self.identity):
            self._hooks.on_retry(error)
        elif error.code == "too_many_attempts" and self.identity:
            self._set_timer(error.retry_after_seconds or _LOCKOUT_SECONDS, self.present)
        elif is_token and (credentials.has_provider or credentials.password is not None):
            self._token = None
            self.present()
        else:
            self._hooks.on_refused(error)

    def _renew_in(self, identity: Identity) -> float:
        """Return after how long the session is renewed: half of its life."""
        life = (identity.expires_at - self._wall()).total_seconds()
        life = life if life > 0.0 else _UNKNOWN_LIFE_SECONDS
        return max(self._timing.renew_least_seconds, life / 2)

    def _renew(self) -> None:
        """Authenticate again on this connection, while the session still counts."""
        presented = self._round

        def answered(outcome: Outcome) -> None:
            if presented != self._round:
                return
            if isinstance(outcome, ParleyError) and outcome.code in _RETRYABLE:
                self._set_timer(self._timing.renew_least_seconds, self._renew)
            elif isinstance(outcome, ParleyError):
                self._refused(outcome, is_token=True)
            else:
                self._accepted(outcome)

        frame = {"type": "authenticate", "data": {"token": self._token}}
        self._requests.request(frame, answered, self._timing.request_seconds)

    def _set_timer(self, seconds: float | None, run: Callable[[], None] | None = None) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None if seconds is None or run is None else self._timers.after(seconds, run)
