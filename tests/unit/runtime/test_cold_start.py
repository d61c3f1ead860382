import gc
from collections.abc import Iterator

import pytest

from chat.runtime import bootstrap
from chat.runtime.cold_start import ON_LAMBDA, init_phase
from tests.unit.runtime.conftest import Lines


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Forget what a start leaves to the process."""
    bootstrap.services.cache_clear()
    yield
    bootstrap.services.cache_clear()
    gc.unfreeze()


def test_the_collector_rests_during_a_start_and_then_works() -> None:
    with init_phase():
        during = gc.isenabled()

    assert (during, gc.isenabled()) == (False, True)


def test_what_a_start_made_is_not_looked_at_again() -> None:
    gc.unfreeze()

    with init_phase():
        made = [[each] for each in range(10)]

    assert gc.get_freeze_count() > len(made)


def test_a_start_that_fails_leaves_the_collector_working() -> None:
    with pytest.raises(ImportError), init_phase():
        raise ImportError

    assert gc.isenabled()


def test_elsewhere_than_on_lambda_nothing_is_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ON_LAMBDA, raising=False)

    with init_phase():
        pass

    assert bootstrap.services.cache_info().currsize == 0


def test_what_cannot_be_put_together_is_logged_and_left_to_the_first_frame(
    monkeypatch: pytest.MonkeyPatch, logged: Lines
) -> None:
    monkeypatch.setenv(ON_LAMBDA, "on-demand")
    monkeypatch.delenv("AWS_REGION", raising=False)

    with init_phase():
        pass

    [line] = logged()
    assert line["message"] == "not put together at the start"
    assert "AWS_REGION is missing" in line["exception"]
