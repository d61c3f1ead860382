"""Why the local stack is not there, in words for the person who typed the command."""


class LocalStackError(Exception):
    """Shown as it is, without a traceback."""
