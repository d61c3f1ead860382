"""Whether the property tests run in their long form, as `make soak` does."""

from hypothesis import settings

SOAK = "soak"


def is_soaking() -> bool:
    return settings.get_current_profile_name() == SOAK
