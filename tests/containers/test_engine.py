"""The container engine, and what it cannot do."""

import pytest

from local.sam.engine import Engine
from local.tools import LocalStackError

# Nothing listens there.
IMAGE = "127.0.0.1:1/nothing:1"


def test_image_that_cannot_be_fetched_is_named(engine: Engine) -> None:
    with pytest.raises(LocalStackError, match=f"the engine cannot fetch {IMAGE}"):
        engine.fetch_image(IMAGE)
