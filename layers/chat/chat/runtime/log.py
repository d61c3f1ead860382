"""The structured log.

It never holds message text, passwords or tokens.
"""

import os
from functools import cache
from logging import getLogger

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """Make the log, at the level that the deployment asks for."""
    made = Logger()
    # Powertools prefers Lambda's own level, which is one for log lines and metric lines together:
    # https://github.com/aws-powertools/powertools-lambda-python/issues/7220
    getLogger(made.service).setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))
    return made
