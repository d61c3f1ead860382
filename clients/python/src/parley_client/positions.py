"""How far a bot came in each conversation."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol


class PositionStore(Protocol):
    """Keeps the number of the last handled message of each conversation while a bot is down."""

    async def load(self) -> Mapping[str, int]:
        """Return what was saved last; nothing if nothing ever was."""

    async def save(self, positions: Mapping[str, int]) -> None:
        """Keep all positions in place of those before."""


class FileStore:
    """Positions in a file of one bot. A crash leaves the old file or the new one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)

    async def load(self) -> Mapping[str, int]:
        return await asyncio.to_thread(self._read)

    async def save(self, positions: Mapping[str, int]) -> None:
        await asyncio.to_thread(self._write, json.dumps(dict(positions)))

    def _read(self) -> dict[str, int]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        return {str(name): int(seq) for name, seq in json.loads(text).items()}

    def _write(self, text: str) -> None:
        written = self._path.with_name(self._path.name + ".new")
        with written.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._path)


class Positions:
    """The positions of a running bot."""

    def __init__(self, store: PositionStore | None) -> None:
        self._store = store
        self._positions: dict[str, int] = {}
        self._saving = asyncio.Lock()
        self._changes = 0
        self._saved = 0
        self.is_first_run = True
        """Nothing was ever saved."""

    async def load(self) -> None:
        if self._store:
            self._positions.update(await self._store.load())
        self.is_first_run = not self._positions

    def get(self, conversation_id: str) -> int | None:
        return self._positions.get(conversation_id)

    async def note(self, conversation_id: str, seq: int) -> None:
        """Everything up to the number is handled."""
        self._positions[conversation_id] = seq
        await self._save()

    async def forget(self, conversation_id: str) -> None:
        self._positions.pop(conversation_id, None)
        await self._save()

    async def _save(self) -> None:
        self._changes += 1
        mine = self._changes
        async with self._saving:
            # Several that waited are saved at once.
            if self._store and self._saved < mine:
                latest = self._changes
                await self._store.save(dict(self._positions))
                self._saved = latest
