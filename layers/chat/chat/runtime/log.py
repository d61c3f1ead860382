"""The structured log: what happened to which connection, never what was said or who proved it."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    return Logger()
