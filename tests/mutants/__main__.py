"""Try the mutants of the list: `python -m tests.mutants [part of a file's name or a promise]`."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutants.listing import Mutant, all_mutants
from tests.mutants.trees import Children, Result, Tree

WORKERS = os.process_cpu_count() or 1
ALL_TESTS_SECONDS = 20 * 60


class Trees:
    """One copy of the tree for each worker; each run has one to itself."""

    def __init__(self, folder: Path, children: Children) -> None:
        self._free: SimpleQueue[Tree] = SimpleQueue()
        for number in range(WORKERS):
            self._free.put(Tree(folder / f"tree{number}", children))

    def use(self, act: Callable[[Tree], Result]) -> Result:
        tree = self._free.get()
        try:
            return act(tree)
        finally:
            self._free.put(tree)


def main(only: str = "") -> int:
    """Try each mutant that is named so; 0 if all are as the list says."""
    mutants = [each for each in all_mutants() if only in str(each)]
    if not mutants:
        _say(f"No mutant has {only!r} in its file's name or its promise.")
        return 1
    began = time.monotonic()
    children = Children()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(WORKERS) as pool:
        try:
            trees = Trees(Path(folder), children)
            as_listed = _all_pass(mutants, trees, pool) and _try_all(mutants, trees, pool)
        except KeyboardInterrupt:
            _say("Stopped.")
            return 130
        finally:
            children.end_all()
    _say(f"{time.monotonic() - began:.0f} s")
    return 0 if as_listed else 1


def _all_pass(mutants: Iterable[Mutant], trees: Trees, pool: ThreadPoolExecutor) -> bool:
    """Run the tests on the tree as it is: only then does a test that fails say something."""
    named = sorted({node_id for each in mutants for node_id in each.node_ids})
    files = [list(of_one) for _, of_one in groupby(named, lambda node_id: node_id.split("::")[0])]
    _say(f"The tests of {len(files)} files, without a mutant ...")
    shares = [list(chain.from_iterable(files[number::WORKERS])) for number in range(WORKERS)]
    run = partial(Tree.run, longest_seconds=ALL_TESTS_SECONDS)
    running = [pool.submit(trees.use, partial(run, node_ids=share)) for share in shares if share]
    wrong = [each.result().said for each in running if not each.result().passed]
    for said in wrong:
        _say(f"They fail without a mutant: {said}")
    return not wrong


def _try_all(mutants: Sequence[Mutant], trees: Trees, pool: ThreadPoolExecutor) -> bool:
    tried: dict[Future[Result], Mutant] = {
        pool.submit(trees.use, partial(Tree.try_mutant, mutant=each)): each for each in mutants
    }
    unlike = []
    for number, done in enumerate(as_completed(tried), start=1):
        mutant, result = tried[done], done.result()
        line = f"{mutant}\n    {_what_became(mutant, result)}"
        _say(f"{number}/{len(mutants)} {line}")
        if result.failed is bool(mutant.survives) or result.is_broken:
            unlike.append(line)
    _say("\n".join(["", f"{len(unlike)} of {len(mutants)} are not as the list says.", *unlike]))
    return not unlike


def _what_became(mutant: Mutant, result: Result) -> str:
    if result.is_broken:
        return f"BROKEN: {result.said}"
    if result.failed:
        return f"killed by {result.said}"
    return f"survived: {mutant.survives}" if mutant.survives else "SURVIVED"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
