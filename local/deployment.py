"""`sam deploy` of what was built to the emulator, through its CloudFormation."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from local.account import TEST_ACCOUNT, Account
from local.aws import session
from local.build import Built, sam_environment
from local.executables import sam

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

_GOOD_STATUSES = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
# Kept in the emulator itself: it is just as old as what is deployed there, whatever was lost.
_STAMP = "/parley/local/deployed"


@dataclass(frozen=True)
class Deployment:
    """The stack in the emulator at `endpoint`, with the template's parameters as given."""

    endpoint: str
    parameters: Mapping[str, str]
    stack_name: str = "parley"
    account: Account = TEST_ACCOUNT

    def command(self, built: Built) -> list[str]:
        overrides = [f"{name}={value}" for name, value in sorted(self.parameters.items())]
        return [
            *(str(sam()), "deploy", "--config-env", "local", "--no-progressbar"),
            *("--language-extensions", "--template-file", str(built.template)),
            *("--stack-name", self.stack_name),
            *("--resolve-s3", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
            *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
            *("--parameter-overrides", *overrides),
        ]

    @property
    def environment(self) -> dict[str, str]:
        return sam_environment() | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.account.key_id,
            "AWS_SECRET_ACCESS_KEY": self.account.secret,
            "AWS_DEFAULT_REGION": self.account.region,
            "AWS_REGION": self.account.region,
            # It asks for the state of the stack every so many seconds: 5 on AWS.
            "SAM_CLI_POLL_DELAY": "1",
            "NO_PROXY": "127.0.0.1",
        }

    def is_done(self, built: Built) -> bool:
        return self._stamp() == self._stamp_of(built)

    def note(self, built: Built) -> None:
        """Remember that this is deployed."""
        stamp = self._stamp_of(built)
        ssm = session(self.account).client("ssm", endpoint_url=self.endpoint)
        ssm.put_parameter(Name=_STAMP, Value=stamp, Type="String", Overwrite=True)

    def is_stuck(self) -> bool:
        """Whether a stack is there that cannot be deployed to."""
        stack = self._find_stack()
        return stack is not None and stack["StackStatus"] not in _GOOD_STATUSES

    def outputs(self) -> dict[str, str]:
        stack = self._find_stack()
        outputs = stack.get("Outputs", []) if stack else []
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def _find_stack(self) -> "StackTypeDef | None":
        cloudformation = session(self.account).client("cloudformation", endpoint_url=self.endpoint)
        try:
            return cloudformation.describe_stacks(StackName=self.stack_name)["Stacks"][0]
        except ClientError as error:
            # CloudFormation's way to say that there is none.
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise

    def _stamp(self) -> str | None:
        ssm = session(self.account).client("ssm", endpoint_url=self.endpoint)
        try:
            return str(ssm.get_parameter(Name=_STAMP)["Parameter"]["Value"])
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise

    def _stamp_of(self, built: Built) -> str:
        chosen = json.dumps([built.fingerprint, self.stack_name, sorted(self.parameters.items())])
        return hashlib.sha256(chosen.encode()).hexdigest()
