from contextlib import suppress
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chat.push.http_response import MalformedResponse, ResponseReader

statuses = st.sampled_from([200, 204, 400, 410, 429, 500, 503])
names = st.sampled_from(["Date", "X-Amzn-RequestId", "Content-Type", "X-Content-Length"])
values = st.text("abcdefghijklmnopqrstuvwxyz0123456789 :,;=", max_size=40)
fields = st.lists(st.builds("{}: {}\r\n".format, names, values), max_size=5).map("".join)
interim = st.sampled_from(["", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 x\r\nA: b\r\n\r\n"])


def in_chunks(chunks: list[bytes], trailers: str) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return body + b"0\r\n" + trailers.encode() + b"\r\n"


with_length = st.binary(max_size=300).map(lambda body: (f"Content-Length: {len(body)}\r\n", body))
with_chunks = st.builds(
    lambda chunks, trailers: ("Transfer-Encoding: chunked\r\n", in_chunks(chunks, trailers)),
    st.lists(st.binary(min_size=1, max_size=50), max_size=5),
    fields,
)


@st.composite
def answers(draw: st.DrawFn) -> tuple[int, bytes]:
    status = draw(statuses)
    length, body = ("", b"") if status == 204 else draw(with_length | with_chunks)
    head = f"{draw(interim)}HTTP/1.1 {status} Whatever\r\n{draw(fields)}{length}{draw(fields)}\r\n"
    return status, head.encode() + body


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(bounds) if start < end]


@given(answer=answers(), places=st.lists(st.integers(0, 5_000), max_size=20))
def test_response_is_parsed_the_same_in_any_chunks(
    answer: tuple[int, bytes], places: list[int]
) -> None:
    status, data = answer
    reader = ResponseReader()

    *early, last = [reader.feed(part) for part in cut(data, places)]

    assert (early, last) == ([False] * len(early), True)
    assert (reader.status, reader.reusable) == (status, True)


@given(answer=answers(), surplus=st.binary(min_size=1, max_size=20))
def test_socket_with_surplus_bytes_is_not_reused(answer: tuple[int, bytes], surplus: bytes) -> None:
    reader = ResponseReader()

    whole = reader.feed(answer[1] + surplus)

    assert whole
    assert not reader.reusable


@given(answer=answers(), place=st.integers(0, 5_000))
def test_truncated_response_is_incomplete(answer: tuple[int, bytes], place: int) -> None:
    reader = ResponseReader()
    data = answer[1]

    whole = reader.feed(data[: place % len(data)])

    assert not whole
    assert not reader.end()


garbage = st.binary(max_size=200) | st.builds(
    lambda head, rest: head + rest,
    st.sampled_from(
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: ",
            b"HTTP/1.1 ",
        ]
    ),
    st.binary(max_size=200),
)


@given(parts=st.lists(garbage.filter(len), max_size=5))
def test_any_bytes_are_a_response_or_malformed(parts: list[bytes]) -> None:
    reader = ResponseReader()

    with suppress(MalformedResponse):
        any(reader.feed(part) for part in parts)

    assert reader.status == 0 or 200 <= reader.status <= 999
