"""One way of posting a frame to many connections: run as a process of its own.

Reads lines that say how many posts to make, and writes for each what they cost.
"""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, NamedTuple

from chat.protocol.ids import ConnectionId
from chat.push.endpoint import Endpoint
from chat.push.engine import PushEngine
from chat.push.post import Outcome
from chat.push.signing import (
    Credentials,
    Signature,
    SignedRequests,
    Signer,
    SigningContext,
    quote_id,
)

REGION = "eu-west-1"
# As long as the token of a role, which every function has.
CREDENTIALS = Credentials("ASIAEXAMPLEEXAMPLE00", "s" * 40, "t" * 700)
FRAME = b'{"type":"chat_message","data":{"content":"' + b"x" * 256 + b'"}}'
SOCKETS = 128
READ_BYTES = 65_536
THREADS = 32


class Candidate(NamedTuple):
    post: Callable[[list[ConnectionId]], int]
    """Posts the frame to each, and returns how many were delivered."""
    prepare: Callable[[list[ConnectionId]], None] = lambda _: None
    """Does beforehand what is not to be measured."""


def engine(url: str, ca_file: str) -> Candidate:
    """Make the product's own engine."""
    pushing = _engine(url, ca_file)
    return Candidate(lambda ids: _delivered(pushing.push(ids, FRAME)))


def presigned(url: str, ca_file: str) -> Candidate:
    """Make the engine without its signing: the same loop sends what was signed beforehand."""
    pushing = _engine(url, ca_file)
    written: dict[ConnectionId, bytes] = {}
    requests = SignedRequests(Endpoint.parse(url), _context(), "POST", FRAME)
    return Candidate(
        lambda ids: _delivered(pushing._send(ids, written.__getitem__)),  # noqa: SLF001 -- past the signing
        lambda ids: written.update((each, requests.to(each)) for each in ids),
    )


def baseline(url: str, ca_file: str) -> Candidate:
    """Make a minimal loop: signed bytes, no parsing, no timeouts, no retries."""
    from bench.fanout_baseline import BaselineLoop  # noqa: PLC0415 -- each process loads what it uses

    endpoint = Endpoint.parse(url)
    requests = SignedRequests(endpoint, _context(), "POST", FRAME)
    loop = BaselineLoop(endpoint.host, endpoint.port, ca_file, SOCKETS)
    written: list[bytes] = []

    def prepare(ids: list[ConnectionId]) -> None:
        written[:] = map(requests.to, ids)

    return Candidate(lambda _: loop.post(written), prepare)


def boto3(url: str, ca_file: str) -> Candidate:
    """Make the official client, shared by as many threads as do it good."""
    import boto3 as sdk  # noqa: PLC0415 -- as above
    from botocore.config import Config  # noqa: PLC0415 -- as above

    config = Config(max_pool_connections=THREADS, retries={"max_attempts": 0})
    client = sdk.client(
        "apigatewaymanagementapi",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=CREDENTIALS.access_key,
        aws_secret_access_key=CREDENTIALS.secret_key,
        aws_session_token=CREDENTIALS.token,
        verify=ca_file or None,
        config=config,
    )
    threads = ThreadPoolExecutor(THREADS)

    def post(connection_id: ConnectionId) -> None:
        client.post_to_connection(ConnectionId=connection_id, Data=FRAME)

    return Candidate(lambda ids: len(list(threads.map(post, ids))))


def aiohttp(url: str, ca_file: str) -> Candidate:
    """Make the usual asynchronous client, signing by hand as the engine does."""
    import asyncio  # noqa: PLC0415 -- as above
    import ssl  # noqa: PLC0415 -- as above

    import aiohttp as client  # noqa: PLC0415 -- as above
    from yarl import URL  # noqa: PLC0415 -- as above

    loop = asyncio.new_event_loop()
    endpoint = Endpoint.parse(url)
    tls = ssl.create_default_context(cafile=ca_file) if ca_file else True

    async def open_session() -> client.ClientSession:
        connector = client.TCPConnector(limit=SOCKETS, ssl=tls)
        return client.ClientSession(connector=connector, auto_decompress=False)

    session = loop.run_until_complete(open_session())

    async def post_all(ids: list[ConnectionId]) -> int:
        context = _context()
        signature = Signature(context, "POST", endpoint.canonical_prefix, endpoint.authority, FRAME)
        headers = {"X-Amz-Date": context.date, "X-Amz-Security-Token": context.token or ""}
        left = iter(ids)

        async def work() -> int:
            done = 0
            for each in left:
                segment = quote_id(each)
                signed = signature.for_segment(segment.replace(b"%", b"%25"))
                target = URL(f"{url}/@connections/{segment.decode()}", encoded=True)
                async with session.post(
                    target,
                    data=FRAME,
                    headers={**headers, "Authorization": signature.authorization + signed},
                ) as answer:
                    done += answer.ok
            return done

        return sum(await asyncio.gather(*(work() for _ in range(SOCKETS))))

    return Candidate(lambda ids: loop.run_until_complete(post_all(ids)))


def streams(url: str, ca_file: str) -> Candidate:
    """Make asyncio's streams, with the engine's own signer and reader of answers."""
    import asyncio  # noqa: PLC0415 -- as above
    import ssl  # noqa: PLC0415 -- as above

    from chat.push.http_response import ResponseReader  # noqa: PLC0415 -- as above

    loop = asyncio.new_event_loop()
    endpoint = Endpoint.parse(url)
    tls = ssl.create_default_context(cafile=ca_file) if ca_file else None

    async def connect() -> list[Any]:
        opening = (
            asyncio.open_connection(endpoint.host, endpoint.port, ssl=tls) for _ in range(SOCKETS)
        )
        return list(await asyncio.gather(*opening))

    connections = loop.run_until_complete(connect())

    async def post_all(ids: list[ConnectionId]) -> int:
        requests = SignedRequests(endpoint, _context(), "POST", FRAME)
        left = iter(ids)

        async def work(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> int:
            done = 0
            for each in left:
                outgoing.write(requests.to(each))
                answer = ResponseReader()
                while not answer.feed(await incoming.read(READ_BYTES)):
                    pass
                done += answer.status == HTTPStatus.OK
            return done

        return sum(await asyncio.gather(*(work(*each) for each in connections)))

    return Candidate(lambda ids: loop.run_until_complete(post_all(ids)))


def http_client(url: str, ca_file: str) -> Candidate:
    """Make the standard library's client, a connection for each thread, signing by hand."""
    import ssl  # noqa: PLC0415 -- as above
    from http.client import HTTPConnection, HTTPSConnection  # noqa: PLC0415 -- as above
    from queue import SimpleQueue  # noqa: PLC0415 -- as above

    endpoint = Endpoint.parse(url)
    tls = ssl.create_default_context(cafile=ca_file) if ca_file else None
    threads = ThreadPoolExecutor(THREADS)
    idle: SimpleQueue[HTTPConnection] = SimpleQueue()
    for _ in range(THREADS):
        idle.put(
            HTTPSConnection(endpoint.host, endpoint.port, context=tls)
            if tls
            else HTTPConnection(endpoint.host, endpoint.port)
        )

    def post_all(ids: list[ConnectionId]) -> int:
        context = _context()
        signature = Signature(context, "POST", endpoint.canonical_prefix, endpoint.authority, FRAME)
        headers = {"X-Amz-Date": context.date, "X-Amz-Security-Token": context.token or ""}

        def post(connection_id: ConnectionId) -> bool:
            segment = quote_id(connection_id)
            signed = signature.authorization + signature.for_segment(segment.replace(b"%", b"%25"))
            connection = idle.get()
            try:
                connection.request(
                    "POST",
                    endpoint.path_prefix + segment.decode(),
                    FRAME,
                    {**headers, "Authorization": signed},
                )
                answer = connection.getresponse()
                answer.read()
            finally:
                idle.put(connection)
            return answer.status == HTTPStatus.OK

        return sum(threads.map(post, ids))

    return Candidate(post_all)


def _engine(url: str, ca_file: str) -> PushEngine:
    import ssl  # noqa: PLC0415 -- as above

    return PushEngine(
        url,
        REGION,
        lambda: CREDENTIALS,
        make_tls=lambda: ssl.create_default_context(cafile=ca_file),
    )


def _context() -> SigningContext:
    return Signer(REGION).context(CREDENTIALS, time.time())


def _delivered(outcomes: dict[ConnectionId, Outcome]) -> int:
    return sum(outcome is Outcome.DELIVERED for outcome in outcomes.values())


CANDIDATES = {
    each.__name__: each
    for each in (engine, presigned, baseline, streams, http_client, aiohttp, boto3)
}


def measure(candidate: Candidate, posts: int) -> dict[str, float]:
    ids = [ConnectionId(f"L0SM9cOF{number:06}w=") for number in range(posts)]
    candidate.prepare(ids)
    wall, cpu = time.perf_counter(), time.process_time()
    delivered = candidate.post(ids)
    cpu_seconds = time.process_time() - cpu
    wall_seconds = time.perf_counter() - wall
    if delivered != posts:
        raise RuntimeError(f"only {delivered} of {posts} posts were delivered")
    return {"cpu_us": cpu_seconds / posts * 1e6, "wall_s": wall_seconds}


def main() -> None:
    settings = json.loads(sys.argv[1])
    candidate = CANDIDATES[settings["candidate"]](settings["url"], settings["ca_file"])
    for line in sys.stdin:
        sys.stdout.write(json.dumps(measure(candidate, int(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
