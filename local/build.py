"""`sam build` of the real template for the machine at hand, done again only after a change."""

import fcntl
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.executables import sam
from local.fingerprint import fingerprint

_SOURCES = ("template.yaml", "functions", "layers")


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: the template with its artifacts, and what tells one build from another."""

    template: Path
    fingerprint: str


def architecture() -> str:
    """Name this machine's processor as Lambda does."""
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


@dataclass(frozen=True, slots=True)
class Build:
    """A build of `project` in a folder that several runs may share."""

    folder: Path
    project: Path

    def describe(self) -> Built:
        sources = fingerprint(self.project, _SOURCES, architecture(), sys.version)
        return Built(self._artifacts / "template.yaml", sources)

    def is_done(self, built: Built) -> bool:
        return self._stamp.exists() and self._stamp.read_text() == built.fingerprint

    def perform(self, built: Built, run: Callable[[list[str], Mapping[str, str]], None]) -> None:
        """Build with `run`, which runs a command in an environment and raises if it fails."""
        self._stamp.unlink(missing_ok=True)
        # The build takes the `python3.13` that it finds on the path.
        path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
        for command in self._commands():
            run(command, sam_environment() | {"PATH": path})
        self._stamp.write_text(built.fingerprint)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs from building while one builds or reads what was built."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _commands(self) -> Iterator[list[str]]:
        yield [
            *(str(sam()), "build", "--cached", "--parallel", "--config-env", "local"),
            *("--language-extensions", "--template-file", str(self.project / "template.yaml")),
            *("--build-dir", str(self._artifacts), "--cache-dir", str(self.folder / "cache")),
            *("--parameter-overrides", f"Architecture={architecture()}"),
        ]
        finish = self.project / "layers" / "finish.py"
        if finish.exists():
            yield [sys.executable, str(finish), str(self._artifacts)]

    @property
    def _artifacts(self) -> Path:
        return self.folder / "build"

    @property
    def _stamp(self) -> Path:
        return self.folder / "built"


def sam_environment() -> dict[str, str]:
    """Give our environment, but with the SAM CLI kept to itself: none of the user's keys."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return others | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
    }
