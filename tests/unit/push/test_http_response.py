import pytest

from chat.push.http_response import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    MalformedResponse,
    ResponseReader,
)

OK = b"HTTP/1.1 200 OK\r\n"
EMPTY = b"Content-Length: 0\r\n\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def read(data: bytes) -> tuple[int, bool, bool]:
    """Feed all at once; tell the status, whether the answer is whole, and whether more may come."""
    reader = ResponseReader()
    whole = reader.feed(data)
    return reader.status, whole, reader.reusable


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        (b"Retry-After: 120\r\n", b"120"),
        (b"RETRY-AFTER:Mon, 1 Feb\t\r\n", b"mon, 1 feb"),
        (b"X-Retry-After: 1\r\nX: retry-after: 2\r\n", None),
        (b"Retry-After: 1\r\nRetry-After: 2\r\n", None),
    ],
)
def test_field_of_the_final_response_is_found(fields: bytes, value: bytes | None) -> None:
    reader = ResponseReader()

    reader.feed(b"HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n")
    reader.feed(OK + fields + EMPTY)

    assert reader.field(b"retry-after") == value


@pytest.mark.parametrize(
    ("data", "whole", "reusable"),
    [
        pytest.param(OK + EMPTY, True, True, id="nothing in it"),
        pytest.param(OK + b"Content-Length: 00\r\n\r\n", True, True, id="nothing, in two digits"),
        pytest.param(OK + b"CONTENT-LENGTH:\t2 \r\n\r\n{}", True, True, id="a length, oddly set"),
        pytest.param(OK + b"Content-Length: 3\r\n\r\n{}", False, True, id="less than its length"),
        pytest.param(OK + b"Content-Length: 1\r\n\r\n{}", True, False, id="more than its length"),
        pytest.param(
            OK + b"X: content-length: 3\r\n" + EMPTY, True, True, id="a length in a value"
        ),
        pytest.param(OK + b"X-Content-Length: 3\r\n" + EMPTY, True, True, id="another length"),
        pytest.param(OK + b"\r\n", False, True, id="no length"),
        pytest.param(CHUNKED + b"0\r\n\r\n", True, True, id="no chunks"),
        pytest.param(CHUNKED + b"A\r\n0123456789\r\n000\r\n\r\n", True, True, id="a chunk"),
        pytest.param(CHUNKED + b"1;a=b\r\n.\r\n0\r\nX: y\r\n\r\n", True, True, id="trailers"),
        pytest.param(CHUNKED + b"1\r\n.\r\n", False, True, id="chunks to come"),
        pytest.param(CHUNKED + b"0\r\n\r\n.", True, False, id="more after the chunks"),
        pytest.param(
            OK + b"Transfer-Encoding: gzip,Chunked\r\n\r\n0\r\n\r\n",
            True,
            True,
            id="gzip in chunks",
        ),
        pytest.param(OK + b"Transfer-Encoding: gzip\r\n\r\n", False, True, id="gzip until close"),
        pytest.param(
            OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            True,
            False,
            id="chunks and a length",
        ),
        pytest.param(OK + b"Connection: close\r\n" + EMPTY, True, False, id="close"),
        pytest.param(OK + b"Connection: x, CLOSE\r\n" + EMPTY, True, False, id="close in a list"),
        pytest.param(OK + b"Connection: keep-alive\r\n" + EMPTY, True, True, id="keep-alive"),
        pytest.param(
            OK + b"Connection: keep-alive\r\nConnection: close\r\n" + EMPTY,
            True,
            False,
            id="one of each",
        ),
        pytest.param(b"HTTP/1.0 200 OK\r\n" + EMPTY, True, False, id="HTTP/1.0"),
        pytest.param(
            b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + EMPTY,
            True,
            True,
            id="HTTP/1.0 that keeps the connection",
        ),
        pytest.param(b"HTTP/1.1 200\r\n" + EMPTY, True, True, id="no reason"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + EMPTY, True, True, id="100 before"),
    ],
)
def test_an_answer_is_whole_where_its_head_says_so(
    data: bytes, *, whole: bool, reusable: bool
) -> None:
    assert read(data) == (200, whole, reusable)


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body_whatever_the_head_says(status: int) -> None:
    data = f"HTTP/1.1 {status} x\r\nContent-Length: 9\r\n\r\n".encode()

    assert read(data) == (status, True, True)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\r\n\r\n", id="an empty line"),
        pytest.param(b"HTTP/1.1  200 OK\r\n\r\n", id="two spaces"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", id="a long status"),
        pytest.param(b"HTTP/1.1 020 OK\r\n\r\n", id="a low status"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" * 17, id="100 again and again"),
        pytest.param(OK + b"Content-Length: -1\r\n\r\n", id="a negative length"),
        pytest.param(OK + b"Content-Length: \r\n\r\n", id="an empty length"),
        pytest.param(OK + b"Content-Length: 1e3\r\n\r\n", id="a length that is no number"),
        pytest.param(OK + b"Content-Length: 2, 2\r\n\r\n", id="a list of lengths"),
        pytest.param(OK + b"Content-Length: 2\r\n" + EMPTY, id="two lengths"),
        pytest.param(OK + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n", id="a huge length"),
        pytest.param(OK + b"X: " + b"x" * MAX_HEAD_BYTES, id="an endless head"),
        pytest.param(CHUNKED + b"x\r\n", id="no chunk size"),
        pytest.param(CHUNKED + b"\r\n", id="an empty chunk size"),
        pytest.param(CHUNKED + b"-1\r\n", id="a negative chunk size"),
        pytest.param(CHUNKED + b"123456789\r\n", id="a huge chunk size"),
        pytest.param(CHUNKED + b"1\r\n..\r\n", id="a chunk longer than its size"),
        pytest.param(CHUNKED + b"1\r\n.\r.", id="half a line end after a chunk"),
        pytest.param(CHUNKED + b"1;" + b"x" * 5_000, id="an endless chunk line"),
        pytest.param(CHUNKED + b"0\r\nX: " + b"x" * 5_000, id="an endless trailer"),
    ],
)
def test_what_http_does_not_allow_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedResponse):
        read(data)


@pytest.mark.parametrize(
    "head",
    [
        OK + b"Content-Length: 999999\r\n\r\n",
        OK + b"\r\n",
        CHUNKED + b"fffff\r\n",
    ],
)
def test_too_long_a_body_is_cut_short_at_the_price_of_the_socket(head: bytes) -> None:
    assert read(head + b"x" * (MAX_BODY_BYTES + 1)) == (200, True, False)


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    reader = ResponseReader()
    reader.feed(OK + b"\r\nwell done")

    assert reader.end()
    assert not reader.reusable


@pytest.mark.parametrize(
    "cut", [b"", b"HTTP/1.1 20", OK, OK + b"Content-Length: 1\r\n\r\n", CHUNKED + b"1\r\n.\r\n"]
)
def test_any_other_answer_is_cut_off_by_the_end_of_the_connection(cut: bytes) -> None:
    reader = ResponseReader()
    reader.feed(cut)

    assert not reader.end()


def test_the_status_is_known_as_soon_as_the_head_is_whole() -> None:
    reader = ResponseReader()

    reader.feed(b"HTTP/1.1 410 Gone\r\nContent-Length: 9\r\n\r")
    before = reader.status
    reader.feed(b"\n")

    assert (before, reader.status) == (0, 410)


def test_an_interim_status_is_not_the_status() -> None:
    assert read(b"HTTP/1.1 103 Early Hints\r\n\r\n") == (0, False, False)
