"""How long the long tests go on: a bounded form by default, all of it under `make soak`."""

from hypothesis import settings

SOAK = "soak"


def is_soaking() -> bool:
    return settings.get_current_profile_name() == SOAK
