"""Runs in the emulator's own Python environment: ministack, tied to the process that started it.

Standard input is a lifeline with orders: `keep` saves everything, `save` the tables. Its end,
which comes also when the parent is killed, stops the emulator; with everything saved if it was
told to keep things.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Awaitable, Callable
from threading import Lock
from typing import Any

from ministack import app as ministack  # type: ignore[import-not-found]  # in its own environment
from ministack.core import lambda_runtime  # type: ignore[import-not-found]  # as above
from ministack.core.persistence import (  # type: ignore[import-not-found]  # as above
    save_all,
    save_state,
)
from ministack.services import dynamodb  # type: ignore[import-not-found]  # as above

# Copying the tables stops everything else: as many times as long as it took, it is not done again.
_REST = 50

_UNPACKING = Lock()
_unpacked: dict[int, str] = {}

type _Asgi = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def main() -> None:
    # Functions must not inherit the lifeline.
    lifeline = os.dup(sys.stdin.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    ministack.app = _obeying(lifeline, ministack.app)
    lambda_runtime.zipfile = _UnpackedOnce
    ministack.main()


def _obeying(lifeline: int, app: _Asgi) -> _Asgi:
    """Begin to listen to the lifeline once the server's event loop runs."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        if scope["type"] == "lifespan":
            listening = asyncio.create_task(_listen(lifeline))
            try:
                await app(scope, receive, send)
            finally:
                listening.cancel()
        else:
            await app(scope, receive, send)

    return wrapped


async def _listen(lifeline: int) -> None:
    loop, orders = asyncio.get_running_loop(), asyncio.StreamReader()
    pipe = os.fdopen(lifeline)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), pipe)
    keeps, rests_until = False, 0.0
    while order := await orders.readline():
        if order == b"keep\n":
            keeps = True
            save_all(ministack._build_persistence_save_dict())  # noqa: SLF001 - what its own end calls
        elif loop.time() >= rests_until:
            began = loop.time()
            await _save_tables()
            rests_until = loop.time() + _REST * (loop.time() - began)
    if keeps:
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        os.killpg(os.getpid(), signal.SIGKILL)


async def _save_tables() -> None:
    try:
        # On the event loop, where all of DynamoDB happens, so that no table is ahead of another.
        tables = dynamodb.get_state()
    except RuntimeError as error:
        # But for the removal of expired items, which has a thread of its own.
        print(f"not saved, as the tables changed meanwhile: {error}", file=sys.stderr)  # noqa: T201 - the log
    else:
        await asyncio.to_thread(save_state, "dynamodb", tables)


class _UnpackedOnce:
    """Stands for `zipfile` where the emulator unpacks a function and its layers.

    It does so for every process it starts: a thousand files, half a second of CPU under one
    interpreter lock. After a restart a dozen start at once, and on a busy machine the last would
    answer later than any client waits. So every place but the first gets links to the same files.
    """

    BadZipFile = zipfile.BadZipFile

    class ZipFile(zipfile.ZipFile):
        def extractall(self, path: Any = None, *more: Any) -> None:  # noqa: ANN401 - as it is there
            with _UNPACKING:
                known = hash(tuple((info.filename, info.CRC) for info in self.infolist()))
                if known not in _unpacked:
                    place = tempfile.mkdtemp(prefix="unpacked-")
                    super().extractall(place, *more)
                    _unpacked[known] = place
            shutil.copytree(_unpacked[known], path, copy_function=os.link, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
