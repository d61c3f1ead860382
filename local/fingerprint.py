"""Whether sources have changed since they were built."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_NOT_SOURCES = frozenset({"__pycache__", ".DS_Store"})


def fingerprint(root: Path, names: Iterable[str], *also: str) -> str:
    """Hash the content of files and folders under `root`, and the strings besides."""
    digest = hashlib.sha256("\0".join(also).encode())
    for path in sorted(path for name in names for path in _files(root / name)):
        digest.update(f"\0{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for found in path.rglob("*"):
        if found.is_file() and not _NOT_SOURCES.intersection(found.parts):
            yield found
