import gc
from collections.abc import Iterator

import botocore.session
import pytest

from chat.runtime import bootstrap
from chat.runtime.cold_start import ON_LAMBDA, init_phase
from tests.unit.runtime.conftest import Lines


@pytest.fixture(autouse=True)
def restored_process() -> Iterator[None]:
    """Undo what a cold start changes in the process."""
    bootstrap.services.cache_clear()
    yield
    bootstrap.services.cache_clear()
    gc.unfreeze()


def test_garbage_collector_is_paused_during_a_cold_start() -> None:
    with init_phase():
        during = gc.isenabled()

    assert (during, gc.isenabled()) == (False, True)


def test_objects_of_a_cold_start_are_frozen() -> None:
    gc.unfreeze()

    with init_phase():
        made = [[each] for each in range(10)]

    assert gc.get_freeze_count() > len(made)


def test_failed_cold_start_leaves_the_garbage_collector_enabled() -> None:
    with pytest.raises(ImportError), init_phase():
        raise ImportError

    assert gc.isenabled()


def test_nothing_is_built_at_import_outside_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ON_LAMBDA, raising=False)

    with init_phase():
        pass

    assert bootstrap.services.cache_info().currsize == 0


def test_an_empty_variable_names_no_file_of_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ON_LAMBDA, "on-demand")
    monkeypatch.setenv("AWS_CA_BUNDLE", "")

    with init_phase():
        authorities = botocore.session.get_session().get_config_variable("ca_bundle")

    assert authorities is None


def test_failed_bootstrap_is_logged_and_retried_at_the_first_frame(
    monkeypatch: pytest.MonkeyPatch, logged: Lines
) -> None:
    monkeypatch.setenv(ON_LAMBDA, "on-demand")
    monkeypatch.delenv("AWS_REGION", raising=False)

    with init_phase():
        pass

    [line] = logged()
    assert line["message"] == "not put together at the start"
    assert "AWS_REGION is missing" in line["exception"]
