"""The owner's function that is asked before a message is sent or edited."""

from functools import cache
from typing import TYPE_CHECKING, Literal, cast

import msgspec
from msgspec import Struct

from chat.protocol.ids import ConversationId, UserId, Username
from chat.protocol.server_messages import Attachment

if TYPE_CHECKING:
    from botocore.session import Session
    from mypy_boto3_lambda.client import LambdaClient

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.5
"""How long the function has for its answer; there is no second try."""

MAX_REASON = 256
"""Characters of a reason that the sender gets; the rest is cut off."""


class Sender(Struct, frozen=True):
    user_id: UserId
    username: Username


class Proposal(Struct, frozen=True, kw_only=True):
    """What the function is asked about."""

    kind: Literal["chat_message", "edit_message"]
    conversation_id: ConversationId
    user: Sender
    content: str
    type: str
    mentions: list[str]
    attachments: list[Attachment] = []


class Allow(Struct, frozen=True, tag_field="action", tag="allow"):
    """The message is sent as it is."""


class Refuse(Struct, frozen=True, tag_field="action", tag="refuse"):
    """The message is not sent; the sender gets the reason."""

    reason: str = ""


class Replace(Struct, frozen=True, tag_field="action", tag="replace"):
    """The message is sent with this content, which is empty only beside attachments."""

    content: str


type Verdict = Allow | Refuse | Replace


class NoVerdict(Exception):
    """The function gave no answer in time, failed, or gave an answer that is none."""


class BeforeSend:
    """Asks the function of an ARN. Its Lambda client is created on first use."""

    def __init__(
        self,
        function: str,
        region: str,
        session: "Session",
        *,
        allows_on_failure: bool,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.allows_on_failure = allows_on_failure
        self._function = function
        self._region = region
        self._session = session
        self._answer_seconds = answer_seconds
        self._made_client: LambdaClient | None = None

    def warm_up(self) -> None:
        """Create the client now instead of at the first message."""
        self._made_client = self._made_client or self._make_client()

    def ask(self, proposal: Proposal) -> Verdict:
        """Ask once.

        Raises:
            NoVerdict
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- only if on

        self.warm_up()
        client = cast("LambdaClient", self._made_client)
        payload = msgspec.json.encode(proposal)
        try:
            answer = client.invoke(FunctionName=self._function, Payload=payload)
            body = answer["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise NoVerdict(type(error).__name__) from error
        if "FunctionError" in answer:
            raise NoVerdict(answer["FunctionError"])
        return _read(body)

    def _make_client(self) -> "LambdaClient":
        from botocore.config import Config  # noqa: PLC0415 -- as above

        patience = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=self._answer_seconds,
            retries={"total_max_attempts": 1},
        )
        made = self._session.create_client("lambda", region_name=self._region, config=patience)
        return cast("LambdaClient", made)


@cache
def _decoder() -> "msgspec.json.Decoder[Verdict]":
    return msgspec.json.Decoder(Verdict)


def _read(body: bytes) -> Verdict:
    try:
        return _decoder().decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # Without the decoder's words, which may repeat what the message says.
        raise NoVerdict("malformed answer") from error
