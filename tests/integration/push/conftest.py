import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Protocol

import msgspec
import pytest

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import default_tls
from chat.push.engine import PushEngine
from chat.push.limits import Allowance, PushLimits
from chat.push.post import Outcome
from chat.push.signing import Credentials
from tests.integration.push.gateway import Gateway, Script

REGION = "eu-west-1"
CREDENTIALS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG", "a-token")

# Long enough for a busy machine: only tests of running out of time shorten them.
_PATIENT = PushLimits(connect_seconds=20.0, attempt_seconds=20.0, post_seconds=40.0)
_ALL_THE_TIME = Allowance(seconds=60.0, patience_seconds=60.0)


class PatientEngine(PushEngine):
    def push(
        self,
        connection_ids: Iterable[ConnectionId],
        frame: bytes,
        allowance: Allowance = _ALL_THE_TIME,
    ) -> dict[ConnectionId, Outcome]:
        return super().push(connection_ids, frame, allowance)


class Serve(Protocol):
    def __call__(self, script: Script, tls: ssl.SSLContext | None = None) -> Gateway: ...


class MakeEngine(Protocol):
    def __call__(
        self,
        url: str,
        *,
        make_tls: Callable[[], ssl.SSLContext] = ...,
        clock: Callable[[], float] = ...,
        wall_clock: Callable[[], float] = ...,
        random: Callable[[], float] = ...,
        **limits: float,
    ) -> PushEngine: ...


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(cleanup: ExitStack) -> Serve:
    def make(script: Script, tls: ssl.SSLContext | None = None) -> Gateway:
        return cleanup.enter_context(Gateway(script, tls))

    return make


@pytest.fixture
def make_engine(cleanup: ExitStack) -> MakeEngine:
    """Engines with a constant clock on the wall, that do not pause before trying again."""

    def make(
        url: str,
        *,
        make_tls: Callable[[], ssl.SSLContext] = default_tls,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = lambda: 1_795_371_554.0,
        random: Callable[[], float] = lambda: 0.0,
        **limits: float,
    ) -> PushEngine:
        engine = PatientEngine(
            url,
            REGION,
            lambda: CREDENTIALS,
            limits=msgspec.structs.replace(_PATIENT, **limits),
            make_tls=make_tls,
            clock=clock,
            wall_clock=wall_clock,
            random=random,
        )
        return cleanup.enter_context(engine)

    return make
