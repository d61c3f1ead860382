"""Whether the owner's function lets a message be sent, and with which content."""

from typing import Literal

from msgspec.structs import replace

from chat.actions.message_content import check_content, check_encoded
from chat.actions.services import Services
from chat.hooks.before_send import MAX_REASON, NoVerdict, Proposal, Refuse, Replace, Sender, Verdict
from chat.protocol.errors import BadRequest, Refused, TooLarge
from chat.storage.messages import Draft


def approved(
    draft: Draft, kind: Literal["chat_message", "edit_message"], services: Services
) -> Draft:
    """Ask about a message that is to be stored; return it as it may be stored.

    If the function gives no usable answer, the operator's policy decides. A content that replaces
    another follows the same rules; one that breaks them is no usable answer.

    Raises:
        Refused
    """
    before_send = services.before_send()
    if before_send is None:
        return draft
    try:
        return _judged(before_send.ask(_proposal(draft, kind)), draft, services)
    except (NoVerdict, BadRequest, TooLarge) as failure:
        services.add_metric("BeforeSendFailed", 1)
        if before_send.allows_on_failure:
            return draft
        raise Refused from failure


def _judged(verdict: Verdict, draft: Draft, services: Services) -> Draft:
    match verdict:
        case Refuse(reason):
            services.add_metric("BeforeSendRefused", 1)
            raise Refused(reason[:MAX_REASON])
        case Replace(content):
            check_content(content, may_be_empty=bool(draft.attachments))
            replaced = replace(draft, content=content)
            check_encoded(replaced)
            services.add_metric("BeforeSendReplaced", 1)
            return replaced
    return draft


def _proposal(draft: Draft, kind: Literal["chat_message", "edit_message"]) -> Proposal:
    return Proposal(
        kind=kind,
        conversation_id=draft.conversation_id,
        user=Sender(draft.user_id, draft.username),
        content=draft.content,
        type=draft.type,
        mentions=[*draft.mentions],
        attachments=draft.attachments,
    )
