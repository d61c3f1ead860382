/**
 * Parley's hooks for React 18 and newer.
 *
 *     const chat = connect("wss://example.org/ws/chat");
 *     root.render(createElement(ParleyProvider, { chat }, createElement(App)));
 *     // in App
 *     const { messages } = useTimeline("general");
 *
 * A hook renders its component only if what it gives has changed. What it gives is empty until the
 * user has signed in, and always when a server renders.
 */

import { createContext, createElement, useContext, useEffect, useSyncExternalStore } from "react";

import { Stores } from "./stores.js";
import { NO_TIMELINE } from "./timeline-store.js";

/** @import { ReactNode } from "react" */
/** @import { Chat, User } from "../index.js" */
/** @import { ConversationsView } from "./conversation-list.js" */
/** @import { WatchedPresence } from "./presence-store.js" */
/** @import { SessionView } from "./session-store.js" */
/** @import { Store } from "./store.js" */
/** @import { TimelineView } from "./timeline-store.js" */

/** @typedef {import("./conversation-list.js").ConversationsView} Conversations */
/** @typedef {import("./presence-store.js").WatchedPresence} Presence */
/** @typedef {import("./session-store.js").SessionView} Session */
/** @typedef {import("./timeline-store.js").TimelineView} TimelineSnapshot */

const ChatContext = createContext(/** @type {Chat | null} */ (null));

/** @type {readonly User[]} */
const NOBODY = Object.freeze([]);
const neverChanges = () => () => {};

/**
 * Gives the components in it a chat. Make the chat once, outside of components, so that it lasts as
 * long as the page: nothing here closes it.
 * @param {{ chat: Chat, children?: ReactNode }} props
 */
export function ParleyProvider({ chat, children }) {
  return createElement(ChatContext.Provider, { value: chat }, children);
}

/**
 * The chat of the provider: to sign in, send, mark as read, and for all else that it can do.
 * @returns {Chat}
 * @throws {Error} if there is no provider
 */
export function useParley() {
  const chat = useContext(ChatContext);
  if (chat) return chat;
  throw new Error("There is no chat here: put a <ParleyProvider chat={…}> around the component.");
}

/**
 * Who is signed in, and how the connection is.
 * @returns {SessionView}
 */
export function useSession() {
  return useStore(Stores.of(useParley()).session);
}

/**
 * The user's conversations, with their unread counts and last messages.
 * @returns {ConversationsView}
 */
export function useConversations() {
  return useStore(Stores.of(useParley()).conversations);
}

/**
 * A conversation's messages, what is on its way, and who is typing. Components that show the same
 * conversation share what is loaded.
 * @param {string | null} conversationId null if no conversation is open
 * @param {{ changes?: boolean }} [options] `changes`: also those between the messages, such as who
 *   joined and left
 * @returns {TimelineView}
 */
export function useTimeline(conversationId, { changes = false } = {}) {
  const stores = Stores.of(useParley());
  const store = conversationId === null ? null : stores.timeline(conversationId, changes);
  return useSyncExternalStore(
    store?.subscribe ?? neverChanges,
    store?.getSnapshot ?? noTimeline,
    noTimeline,
  );
}

/**
 * The others who are typing in a conversation. Unlike `useTimeline` it loads nothing, so a list of
 * conversations can show it for each.
 * @param {string} conversationId
 * @returns {readonly User[]}
 */
export function useTyping(conversationId) {
  const store = Stores.of(useParley()).typing;
  return useSyncExternalStore(
    store.subscribe,
    () => store.of(conversationId),
    () => NOBODY,
  );
}

/**
 * Which of these users are online, with when the others were; in a big room how many members are.
 * @param {string} conversationId
 * @param {readonly string[]} userIds at most 50
 * @returns {WatchedPresence}
 */
export function usePresence(conversationId, userIds) {
  const store = Stores.of(useParley()).presence(conversationId);
  const key = JSON.stringify(userIds);
  // By their content: the same ids are another array each time that a component is rendered.
  useEffect(() => store.watch(JSON.parse(key)), [store, key]);
  return useStore(store);
}

/**
 * @template {object} Snapshot
 * @param {Store<Snapshot>} store
 */
function useStore(store) {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}

function noTimeline() {
  return NO_TIMELINE;
}
