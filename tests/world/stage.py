"""Actions that run at the same time, one step of one of them after another, in an order one picks.

Each action has a thread, which stops before each of its steps; exactly one thread runs at a time.
Requests that an action makes together become threads of their own, so that their order is open too.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from tests.world.steps import Step
from tests.world.tables import Pairing, one_by_one
from tests.world.world import World

type Actions = Mapping[str, Callable[[], Any]]
type Pick = Callable[[Mapping[str, Step]], str]


class Abandoned(BaseException):
    """The rest of this performance is of no interest; no handler is to catch it."""


class _Player:
    """One thread: an action, or one of the requests that an action makes together."""

    def __init__(self, name: str, play: Callable[[], Any], parent: "_Player | None") -> None:
        self.name = name
        self.parent = parent
        self.turn = threading.Semaphore(0)
        self.pending: Step | None = None
        self.children: list[_Player] = []
        self.groups = 0
        self.ended = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._play = play

    def play(self) -> None:
        self.turn.acquire()
        try:
            self.result = self._play()
        except BaseException as error:  # noqa: BLE001 -- raised again by whoever waits for it
            self.error = error
        self.ended = True

    def outcome(self) -> Any:  # noqa: ANN401 -- an action's own
        if self.error:
            raise self.error
        return self.result


class Stage:
    """One performance of some actions.

    Args:
        world: where they happen.
        pick: says, of the actions that are ready, whose step is next.
    """

    def __init__(self, world: World, pick: Pick) -> None:
        self._world = world
        self._pick = pick
        self._playing = threading.local()
        self._stopped = threading.Semaphore(0)
        self._abandoned = False
        self._ready: dict[str, _Player] = {}
        self.taken: list[str] = []
        """The steps in the order they were taken, for a person."""

    def perform(self, actions: Actions) -> dict[str, Any]:
        """Run the actions to their ends; what each returned."""
        players = [_Player(name, play, None) for name, play in actions.items()]
        together, Pairing.together = Pairing.together, staticmethod(self._together)
        try:
            with self._world.steps.telling(self._world.dynamodb, before=self._wait):
                self._play_out(players)
        finally:
            Pairing.together = together
        return {player.name: player.outcome() for player in players}

    def _play_out(self, players: list[_Player]) -> None:
        try:
            for player in players:
                self._start(player)
            while self._ready:
                pending = {name: each.pending for name, each in self._ready.items() if each.pending}
                name = self._pick(pending)
                self.taken.append(f"{name}: {pending[name].name}")
                self._go_on(self._ready.pop(name))
        finally:
            self._abandoned = True
            while self._ready:
                self._go_on(self._ready.popitem()[1])

    # In the thread that conducts.

    def _start(self, player: _Player) -> None:
        threading.Thread(target=self._run, args=[player], daemon=True).start()
        self._go_on(player)

    def _go_on(self, player: _Player) -> None:
        """Let a player run up to its next step or its end."""
        known = len(player.children)
        player.pending = None
        player.turn.release()
        self._stopped.acquire()
        if player.pending:
            self._ready[player.name] = player
        elif player.ended:
            self._ended(player)
        else:
            for child in player.children[known:]:
                self._start(child)

    def _ended(self, player: _Player) -> None:
        parent = player.parent
        if parent and all(each.ended for each in parent.children):
            self._go_on(parent)

    # In a player's own thread.

    def _run(self, player: _Player) -> None:
        self._playing.player = player
        player.play()
        self._stopped.release()

    def _wait(self, step: Step) -> None:
        player: _Player | None = getattr(self._playing, "player", None)
        if player is None:
            return  # a request of the test itself
        if not self._abandoned:
            player.pending = step
            self._stop(player)
        if self._abandoned:
            raise Abandoned

    def _together(self, *calls: Callable[[], Any]) -> list[Any]:
        player: _Player | None = getattr(self._playing, "player", None)
        if player is None or len(calls) <= 1 or self._abandoned:
            return one_by_one(*calls)
        player.groups += 1
        names = [f"{player.name}.{player.groups}.{place}" for place, _ in enumerate(calls)]
        children = [_Player(*each, player) for each in zip(names, calls, strict=True)]
        player.children += children
        self._stop(player)
        return [child.outcome() for child in children]

    def _stop(self, player: _Player) -> None:
        self._stopped.release()
        player.turn.acquire()
