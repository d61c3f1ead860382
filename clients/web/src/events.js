/** @import { Conversation, ConversationChanged, Identity, MembersAdded, MemberRemoved, Message, MessageChanged, NotificationsSet, Outgoing, PresenceChanged, ReadReceipt, TypingNotice } from "./types.js" */

/**
 * - `connecting`: a socket is being opened, or the user authenticated on it
 * - `online`: authenticated
 * - `offline`: the connection was lost; `retryAt` says when the next attempt is made
 * - `signed_out`: there is nobody to authenticate as; call `authenticate`
 * - `closed`: `close` was called, or the signal of `connect` aborted
 * @typedef {"connecting" | "online" | "offline" | "signed_out" | "closed"} State
 */

/** @typedef {{ state: State, retryAt?: number }} StateChanged `retryAt`: by the clock's `now`. */

/**
 * Why the session is over: `signed_out`, `renamed`, `no_token` (there was none to go on with), or
 * the code with which the service rejected the token.
 * @typedef {{ reason: string }} SignedOut
 */

/** @typedef {{ conversationId: string, unreadCount: number, mentionCount: number }} UnreadChanged Both as the service counts them. */

/** @typedef {{ inbox: number }} ConversationsChanged `inbox`: the number of the last change. */

/**
 * A frame in either direction, as it is on the wire, but for its secrets: passwords, tokens, signed
 * URLs and what a browser is notified with are `"•••"`. `at`: when, by the clock's `now`.
 * @typedef {{ direction: "in" | "out", text: string, at: number }} LoggedFrame
 */

/**
 * The events of a `Chat`, by their types, and what a listener gets.
 * @typedef {object} Events
 * @property {StateChanged} state the connection or the session began, broke or ended
 * @property {Identity} authenticated the user is signed in, on each connection
 * @property {SignedOut} signed_out the session is over, and not by `close`
 * @property {Message} message the next message of a conversation, the user's own included
 * @property {MessageChanged} message_changed a message was edited, deleted or reacted to
 * @property {MembersAdded} members_added members joined a conversation
 * @property {MemberRemoved} member_removed a member left, was removed or was banned
 * @property {ConversationChanged} conversation_changed a title, pin, role, mute or slow mode changed
 * @property {Conversation} conversation_created the user is in a new conversation
 * @property {ConversationsChanged} conversations_changed the list of conversations is another one:
 *   list them again
 * @property {UnreadChanged} unread how many messages of a conversation are unread changed
 * @property {ReadReceipt} read somebody read up to a message, the user on another device included
 * @property {Outgoing} outgoing a message of the user's own began to be sent, was stored or failed
 * @property {TypingNotice} typing somebody began or stopped typing
 * @property {PresenceChanged} presence somebody who is watched came or went
 * @property {NotificationsSet} notifications_set the user set notifications, on any device
 * @property {unknown} error something went wrong in the background, and is tried again
 * @property {LoggedFrame} frame a frame was sent or received
 */

/** @type {Record<keyof Events, true>} */
const ALL = {
  state: true,
  authenticated: true,
  signed_out: true,
  message: true,
  message_changed: true,
  members_added: true,
  member_removed: true,
  conversation_changed: true,
  conversation_created: true,
  conversations_changed: true,
  unread: true,
  read: true,
  outgoing: true,
  typing: true,
  presence: true,
  notifications_set: true,
  error: true,
  frame: true,
};

/** The types of all events of a `Chat`. */
export const EVENT_TYPES = Object.freeze(/** @type {(keyof Events)[]} */ (Object.keys(ALL)));
