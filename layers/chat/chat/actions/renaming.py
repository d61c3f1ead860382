from chat.actions.services import Services
from chat.actions.session_end import end_sessions
from chat.storage.memberships import memberships_of, rename_member
from chat.storage.users import User


def leave_former_name(renamed: User, services: Services) -> None:
    """End the sessions that carry a user's former name, and rename the memberships.

    Can be done again if it stopped half-way.
    """
    end_sessions(renamed, "renamed", services)
    for each in memberships_of(renamed.user_id):
        rename_member(each.user_id, each.conversation_id, renamed.username)
