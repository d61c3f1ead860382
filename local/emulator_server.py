"""The emulator, ministack, in its own Python environment and tied to the process that started it.

Standard input is the keepalive pipe. It carries commands: `persist` saves everything, `save` the
tables. Its end, which comes also when the parent is killed, stops the emulator. If `persist` came
before, the emulator then saves everything.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Awaitable, Callable, Collection
from threading import Lock
from typing import Any

from ministack import app as ministack  # type: ignore[import-not-found]  # in its own environment
from ministack.core import lambda_runtime  # type: ignore[import-not-found]  # as above
from ministack.core.persistence import (  # type: ignore[import-not-found]  # as above
    save_all,
    save_state,
)
from ministack.services import (  # type: ignore[import-not-found]  # as above
    dynamodb,
    lambda_svc,
)

# Copying the tables stops everything else. A copy that took a second is followed by none for 50 s.
_PAUSE_FACTOR = 50

_UNPACKING = Lock()
_unpacked: dict[int, str] = {}

type _Asgi = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def main() -> None:
    # Functions must not inherit the pipe.
    pipe = os.dup(sys.stdin.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    ministack.app = _reading_commands(pipe, ministack.app)
    lambda_runtime.zipfile = _UnpackedOnce
    killing = _KillingWhenFree()
    lambda_runtime.kill_workers = killing.kill
    lambda_svc.release_worker = killing.release
    ministack.main()


def _reading_commands(pipe: int, app: _Asgi) -> _Asgi:
    """Read the pipe as soon as the server's event loop runs."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        if scope["type"] == "lifespan":
            reading = asyncio.create_task(_read_commands(pipe))
            try:
                await app(scope, receive, send)
            finally:
                reading.cancel()
        else:
            await app(scope, receive, send)

    return wrapped


async def _read_commands(pipe: int) -> None:
    loop, commands = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), os.fdopen(pipe))
    persists, next_save_at = False, 0.0
    while command := await commands.readline():
        if command == b"persist\n":
            persists = True
            save_all(ministack._build_persistence_save_dict())  # noqa: SLF001 - what its own end calls
        elif loop.time() >= next_save_at:
            began = loop.time()
            await _save_tables()
            next_save_at = loop.time() + _PAUSE_FACTOR * (loop.time() - began)
    if persists:
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        os.killpg(os.getpid(), signal.SIGKILL)


async def _save_tables() -> None:
    try:
        # On the event loop, where all of DynamoDB happens, so that no table is ahead of another.
        tables = dynamodb.get_state()
    except RuntimeError as error:
        # The removal of expired items has a thread of its own.
        print(f"not saved, because the tables changed: {error}", file=sys.stderr)  # noqa: T201 - the log
    else:
        await asyncio.to_thread(save_state, "dynamodb", tables)


class _UnpackedOnce:
    """Refolders `zipfile` in the emulator's code that unpacks a function and its layers.

    The emulator does so for each process that it starts: a thousand files, half a second of CPU
    under one interpreter lock. After a restart a dozen start at once, and on a busy machine the
    last would answer later than any client waits. So each folder after the first gets links.
    """

    BadZipFile = zipfile.BadZipFile

    class ZipFile(zipfile.ZipFile):
        def extractall(self, path: Any = None, *more: Any) -> None:  # noqa: ANN401 - zipfile's own signature
            with _UNPACKING:
                contents = hash(tuple((info.filename, info.CRC) for info in self.infolist()))
                if contents not in _unpacked:
                    folder = tempfile.mkdtemp(prefix="unpacked-")
                    super().extractall(folder, *more)
                    _unpacked[contents] = folder
            shutil.copytree(_unpacked[contents], path, copy_function=os.link, dirs_exist_ok=True)


class _KillingWhenFree:
    """Kills processes of functions, a busy one after its invocation.

    The emulator kills all processes of a function that it updates. Lambda lets them finish:
    https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    """

    def __init__(self) -> None:
        self._kill, self._release = lambda_runtime.kill_workers, lambda_runtime.release_worker
        self._lock = Lock()
        self._busy: list[Any] = []

    def kill(self, workers: Collection[Any]) -> None:
        with self._lock:
            busy = [worker for worker in workers if worker.in_use]
            self._busy += busy
        self._kill([worker for worker in workers if worker not in busy])

    def release(self, worker: Any) -> None:  # noqa: ANN401 - the emulator's
        self._release(worker)
        with self._lock:
            is_to_kill = worker in self._busy
            if is_to_kill:
                self._busy.remove(worker)
        if is_to_kill:
            self._kill([worker])


if __name__ == "__main__":
    main()
