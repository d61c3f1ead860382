import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Outgoing, User } from "parley-client";
import { useParley, usePresence, useTimeline } from "parley-client/react";
import { Composer } from "./Composer.tsx";

export function Conversation({ id, me }: { id: string; me: User }) {
  const chat = useParley();
  const timeline = useTimeline(id);
  const { messages, outgoing, typing, hasEarlier, isLoaded, error } = timeline;
  const last = messages.at(-1);
  const list = useRef<HTMLOListElement>(null);

  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last, outgoing]);

  useEffect(() => {
    if (last) chat.markRead(last);
  }, [chat, last]);

  return (
    <section aria-label="Conversation">
      <Online id={id} me={me} />
      {error !== null && <button onClick={timeline.retry}>Try again to load the messages</button>}
      <ol ref={list} role="log" aria-label="Messages" tabIndex={0}>
        {hasEarlier && (
          <li>
            <button onClick={timeline.loadEarlier}>Earlier messages</button>
          </li>
        )}
        {!isLoaded && error === null && <li>Loading…</li>}
        {messages.map(({ messageId, userId, username, content, createdAt, deletedAt }) => (
          <li key={messageId} className={userId === me.userId ? "own" : ""}>
            <b>{username}</b>{" "}
            <time dateTime={createdAt}>{new Date(createdAt).toLocaleTimeString()}</time>
            <p>{deletedAt ? <i>Message deleted</i> : content}</p>
          </li>
        ))}
        {outgoing.map((message) => (
          <Unsent key={message.clientMessageId} message={message} />
        ))}
      </ol>
      <p className="typing">{typing.map(({ username }) => `${username} is typing`).join(", ")}</p>
      <Composer id={id} />
    </section>
  );
}

function Unsent({ message }: { message: Outgoing }) {
  const chat = useParley();
  const { content, state, error } = message;
  return (
    <li className="own unsent">
      <p>{content}</p>
      {state !== "failed" && <small>Being sent</small>}
      {state === "failed" && (
        <small>
          {error?.message ?? "It was not sent."}{" "}
          <button onClick={() => chat.resend(message).catch(() => {})}>Try again</button>
          <button onClick={() => chat.discard(message)}>Discard</button>
        </small>
      )}
    </li>
  );
}

function Online({ id, me }: { id: string; me: User }) {
  const chat = useParley();
  const [members, setMembers] = useState<User[]>([]);
  const others = members.filter(({ userId }) => userId !== me.userId).slice(0, 50);
  const { users, onlineCount } = usePresence(
    id,
    others.map(({ userId }) => userId),
  );

  useEffect(() => {
    const stop = new AbortController();
    chat.listMembers(id, { signal: stop.signal }).then(
      ({ items }) => setMembers(items),
      () => {}, // Then nobody is shown as online.
    );
    return () => stop.abort();
  }, [chat, id]);

  const online = others.filter(({ userId }) => users.get(userId)?.isOnline);
  return (
    <p className="online">
      Online: {onlineCount ?? (online.map(({ username }) => username).join(", ") || "nobody else")}
    </p>
  );
}
