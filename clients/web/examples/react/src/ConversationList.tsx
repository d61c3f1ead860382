import type { Conversation } from "parley-client";
import { useConversations, useTyping } from "parley-client/react";

type Props = { open: string | null; onOpen: (id: string) => void };

export function ConversationList({ open, onOpen }: Props) {
  const { conversations, isLoaded, error, retry } = useConversations();
  return (
    <nav aria-label="Conversations">
      {!isLoaded && !error && <p>Loading…</p>}
      {error !== null && <button onClick={retry}>Try again to load the conversations</button>}
      {conversations.map((conversation) => (
        <Entry
          key={conversation.conversationId}
          conversation={conversation}
          isOpen={conversation.conversationId === open}
          onOpen={onOpen}
        />
      ))}
    </nav>
  );
}

type EntryProps = {
  conversation: Conversation;
  isOpen: boolean;
  onOpen: (id: string) => void;
};

function Entry({ conversation, isOpen, onOpen }: EntryProps) {
  const { conversationId: id, title, unreadCount, lastMessage } = conversation;
  const [typing] = useTyping(id);
  return (
    <button aria-current={isOpen} onClick={() => onOpen(id)}>
      <b>{title || "Direct conversation"}</b>
      {unreadCount > 0 && <span className="count">{unreadCount}</span>}
      <small>{typing ? `${typing.username} is typing` : lastMessage?.content}</small>
    </button>
  );
}
