from msgspec import UnsetType

from chat.actions.authorization import require_membership, require_session_within_rate
from chat.actions.message_content import fitting_frame
from chat.actions.message_scan import scan_messages
from chat.actions.paging import fitting
from chat.actions.services import Services
from chat.protocol.errors import BadRequest
from chat.protocol.ids import ConnectionId
from chat.protocol.limits import MAX_SEARCH_TEXT
from chat.protocol.message_frames import Search
from chat.protocol.server_messages import SearchResults, SearchResultsData
from chat.protocol.text import composed, folded
from chat.storage.conversations import find_conversation
from chat.storage.database import gather_two
from chat.storage.messages import find_messages


def search(frame: Search, connection_id: ConnectionId, services: Services) -> SearchResults:
    """Return messages of a conversation that contain a text, newest first, each as it is now.

    A page may have none. `cursor` says where the next one begins, unless the beginning of the
    conversation was reached.

    It shows nothing newer than the conversation was before the membership was looked at, so that a
    member who is removed meanwhile finds nothing of what is sent or changed afterwards.

    Raises:
        BadRequest: the text is blank or too long.
    """
    session, conversation = gather_two(
        lambda: require_session_within_rate("searches", connection_id, services),
        lambda: find_conversation(frame.conversation_id),
    )
    # Only members have megabytes read.
    require_membership(session, frame.conversation_id)
    text, last_seq = _folded_text(frame), conversation.last_seq if conversation else 0
    scan = scan_messages(frame.conversation_id, text, _before(frame, last_seq))
    messages = find_messages(frame.conversation_id, scan.hits)
    versions = {each.newest_version for each in messages.values()}
    if max(versions | {scan.newest_version}) > last_seq:
        # Such a state may have come after the membership ended.
        require_membership(session, frame.conversation_id)
    # The scan may have read what a message said before it was edited or deleted.
    found = [
        fitting_frame(messages[seq])
        for seq in scan.hits
        if seq in messages and text in folded(messages[seq].content)
    ]
    shown = fitting(found)
    # Numbers begin at 1.
    lowest = scan.lowest if len(shown) == len(found) else shown[-1].seq
    cursor = lowest if lowest > 1 else None
    return SearchResults(data=SearchResultsData(frame.conversation_id, shown, cursor))


def _folded_text(frame: Search) -> str:
    text = composed(frame.data.text).strip()
    if not 0 < len(text) <= MAX_SEARCH_TEXT:
        raise BadRequest(f"A text is 1 to {MAX_SEARCH_TEXT} characters, not blank.", "data.text")
    return folded(text)


def _before(frame: Search, last_seq: int) -> int:
    before = frame.data.before_seq
    return last_seq + 1 if isinstance(before, UnsetType) else min(before, last_seq + 1)
