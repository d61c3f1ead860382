from collections.abc import Iterator
from itertools import cycle, repeat

from hypothesis import given, settings
from hypothesis import strategies as st

from chat.protocol.ids import ConnectionId
from chat.push.engine import PushEngine
from chat.push.limits import PushLimits
from chat.push.post import Outcome
from chat.push.signing import Credentials
from tests.integration.push.gateway import OK, Gateway, Hangup, Peer, Request

FRAME = b'{"type":"typing"}'
STATUSES = {Outcome.DELIVERED: b" 200 ", Outcome.GONE: b" 410 ", Outcome.THROTTLED: b" 429 "}
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{ }\r\n0\r\n\r\n"
HASTY = PushLimits(
    cold_sockets=3,
    warm_sockets=5,
    connect_seconds=5.0,
    attempt_seconds=0.2,
    post_seconds=0.8,
)

# What a server may do with a request: send these bytes, then continue, close or reset.
answers = st.sampled_from(
    [
        OK,
        CHUNKED,
        OK[:-2] + b"Connection: close\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        b"HTTP/1.0 200 OK\r\n\r\nwell done",
        b"HTTP/1.1 410 Gone\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
        OK + b"garbage",
        OK[:10],
        CHUNKED[:-3],
        b"garbage\r\n\r\n",
        b"",
    ]
)
ends = st.sampled_from(["go on", "go on", "close", "reset"])
manners = st.lists(st.tuples(answers, ends, st.booleans()), min_size=1, max_size=12)


class Misbehaving:
    """Follows a list of behaviors, one per request, and records its answers."""

    def __init__(self, manners: list[tuple[bytes, str, bool]]) -> None:
        self.said: list[tuple[str, bytes]] = []
        self._manners: Iterator[tuple[bytes, str, bool]] = cycle(manners)

    def __call__(self, peer: Peer) -> None:
        for request in peer.requests():
            self._treat(peer, request)

    def _treat(self, peer: Peer, request: Request) -> None:
        answer, end, in_parts = next(self._manners)
        self.said.append((request.connection_id, answer))
        for part in [answer[:7], answer[7:]] if in_parts else [answer]:
            peer.send(part)
        if end == "reset":
            peer.reset()
        if end != "go on":
            raise Hangup

    def improve(self) -> None:
        self._manners = repeat((OK, "go on", False))

    def said_to(self, connection_id: ConnectionId, status: bytes) -> bool:
        return any(told == connection_id and status in answer for told, answer in self.said)


@settings(max_examples=30, deadline=None)
@given(manners=manners, posts=st.integers(1, 8), pushes=st.integers(1, 3))
def test_posts_end_as_the_server_answered_and_the_engine_stays_usable(
    manners: list[tuple[bytes, str, bool]], posts: int, pushes: int
) -> None:
    server = Misbehaving(manners)
    ids = [ConnectionId(f"{number}=") for number in range(posts)]
    keys = Credentials("AKIDEXAMPLE", "secret")

    with (
        Gateway(server) as gateway,
        PushEngine(
            gateway.url, "eu-west-1", lambda: keys, limits=HASTY, random=lambda: 0.01
        ) as engine,
    ):
        for _ in range(pushes):
            server.said.clear()
            outcomes = engine.push(ids, FRAME)

            assert outcomes.keys() == set(ids)
            for each, outcome in outcomes.items():
                assert outcome is Outcome.FAILED or server.said_to(each, STATUSES[outcome])

        server.improve()
        assert engine.push(ids, FRAME) == dict.fromkeys(ids, Outcome.DELIVERED)
