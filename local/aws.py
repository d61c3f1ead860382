"""boto3 for the emulator: nothing of the user's own profile, files and proxies counts."""

import os

import boto3
import botocore.session
from botocore.config import Config

from local.account import TEST_ACCOUNT, Account

# botocore's form: key in the configuration file, environment variable, default, conversion.
_NOTHING_OF_THE_USER = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


def session(account: Account = TEST_ACCOUNT) -> boto3.Session:
    """Make what boto3 clients of the emulator come from: `.client(service, endpoint_url=…)`."""
    core = botocore.session.Session(_NOTHING_OF_THE_USER)
    core.set_default_client_config(Config(proxies={}))
    return boto3.Session(
        account.key_id, account.secret, region_name=account.region, botocore_session=core
    )
