"""Why the local stack is not there, in words for whoever typed the command."""


class LocalStackError(Exception):
    """Shown as it is, without a traceback."""
