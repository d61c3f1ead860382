/**
 * What the client gives: the objects of the chat. Those that cross the wire have the fields of its
 * frames, by names in camelCase. Types only: this module has no values.
 */

/**
 * The codes of the service. A later version may have others, so branch on those that you handle, and
 * have a default.
 * @typedef {"bad_request" | "unknown_type" | "too_large" | "not_authenticated" | "auth_expired"
 *   | "auth_timeout" | "not_a_member" | "forbidden" | "muted" | "rate_limited" | "conflict"
 *   | "refused" | "internal" | "invalid_credentials" | "invalid_token" | "token_expired"
 *   | "too_many_attempts" | "already_authenticated"} ServiceErrorCode
 */

/**
 * The codes that the client adds:
 *
 * - `closed`: the client was closed
 * - `signed_out`: the session was ended, so what was waiting will not be sent
 * - `superseded`: a later `authenticate` took the place of this one
 * - `timeout`: no answer came, though it was asked for many times; asking again does no harm
 * - `outcome_unknown`: it may or may not have happened, and asking again could do it twice
 * - `disconnected`: the connection was lost before the answer; only as the `cause` of another error
 * - `upload_failed`: the file store did not take the file, with its HTTP `status` in `data`; 0 if the
 *   connection broke off each time
 * - `no_attachment`: there is no such file, or no longer
 * @typedef {"closed" | "signed_out" | "superseded" | "timeout" | "outcome_unknown" | "disconnected"
 *   | "upload_failed" | "no_attachment"} ClientErrorCode
 */

/** @typedef {ServiceErrorCode | ClientErrorCode} ErrorCode What a `ParleyError` says went wrong. */

/** @typedef {"owner" | "moderator" | "member"} Role What a member may do in a conversation. */

/**
 * A stored message as it is now. `version` is the number of the last change of its content, absent
 * while it is as it was sent. A deleted message has `deletedAt` and an empty `content`. Fields
 * that a later version of the service adds are kept.
 * @typedef {{
 *   messageId: string,
 *   conversationId: string,
 *   seq: number,
 *   userId: string,
 *   username: string,
 *   content: string,
 *   type: string,
 *   createdAt: string,
 *   clientMessageId?: string,
 *   version?: number,
 *   editedAt?: string,
 *   deletedAt?: string,
 *   deletedBy?: User,
 *   reactions?: Reactions,
 *   replyTo?: string,
 *   mentions?: string[],
 *   attachments?: Attachment[],
 * }} Message
 */

/**
 * A file of a message. `thumbnailId` is another attachment, a small picture of this one. The size
 * is in bytes, `width` and `height` are in pixels.
 * @typedef {{
 *   attachmentId: string,
 *   name: string,
 *   size: number,
 *   mediaType: string,
 *   width?: number,
 *   height?: number,
 *   durationSeconds?: number,
 *   thumbnailId?: string,
 * }} Attachment
 */

/**
 * A file of a message that is to be sent: what `upload` resolves with, or its id and its measures.
 * @typedef {Pick<Attachment, "attachmentId"> & Partial<Attachment>} AttachmentRef
 */

/**
 * The reactions to one message, summed by the service; `users` are the first three names.
 * @typedef {{
 *   version: number,
 *   total: number,
 *   items: { reaction: string, count: number, users: string[] }[],
 * }} Reactions
 */

/**
 * A conversation as one of its members sees it.
 * @typedef {{
 *   conversationId: string,
 *   kind: "group" | "direct",
 *   title?: string,
 *   role: Role,
 *   lastSeq: number,
 *   lastMessage?: Partial<Message>,
 *   lastActivityAt: string,
 *   lastReadSeq: number,
 *   unreadCount: number,
 *   mentionCount?: number,
 *   createdAt: string,
 *   mutedUntil?: string,
 *   slowSeconds?: number,
 *   notifications?: Notifications,
 * }} Conversation
 */

/**
 * Of which messages the user is notified, and of none until when (it may have passed). A
 * conversation without it notifies of all.
 * @typedef {{ level: "all" | "mentions" | "none", mutedUntil?: string }} Notifications
 */

/**
 * What the user has set for a conversation, on any device.
 * @typedef {Notifications & { conversationId: string }} NotificationsSet
 */

/** @typedef {{ userId: string, username: string }} User A user. Names change, ids do not. */

/**
 * How a user is shown. `pictureId` is there if the user has a picture, and another one if it is
 * another picture; the picture itself is there if it was asked for.
 * @typedef {User & { displayName?: string, pictureId?: string, picture?: Blob }} Profile
 */

/**
 * A member of a conversation. `lastReadSeq`: how far the member has read.
 * @typedef {Omit<Profile, "picture"> & { role: Role, lastReadSeq: number, online: boolean, mutedUntil?: string }} Member
 */

/**
 * Who is signed in, with a token for the next time. `webPushKey` is what a browser subscribes with, if the service has Web Push.
 * @typedef {User & { token: string, expiresAt: string, webPushKey?: string }} Identity
 */

/**
 * Somebody else began or stopped typing.
 * @typedef {User & { conversationId: string, isTyping: boolean, expiresInSeconds?: number }} TypingNotice
 */

/**
 * How far a user has read: up to the message with the number.
 * @typedef {User & { conversationId: string, messageId: string, seq: number, readAt: string }} ReadReceipt
 */

/**
 * Whether a user is online. `lastSeenAt` is there if the user is offline, and that is known.
 * @typedef {{ userId: string, isOnline: boolean, version: number, lastSeenAt?: string }} UserPresence
 */

/**
 * What is known of the users who are watched in a conversation, by their ids; in a big room only how
 * many members are online.
 * @typedef {{ readonly users: ReadonlyMap<string, UserPresence>, readonly onlineCount?: number }} PresenceView
 */

/**
 * Those whose presence changed in a conversation; in a big room how many members are online.
 * @typedef {{ conversationId: string, users: UserPresence[], onlineCount?: number }} PresenceChanged
 */

/**
 * Members joined a conversation. A service of the first version of the protocol gives no `seq`.
 * @typedef {{ conversationId: string, seq?: number, members: Member[], by: User }} MembersAdded
 */

/**
 * A member left or was removed. `newOwnerId` is there if the only owner left: who is owner from then on.
 * @typedef {User & {
 *   conversationId: string, seq?: number, by: User, newOwnerId?: string,
 *   isBanned?: boolean,
 * }} MemberRemoved
 */

/** @typedef {User & { bannedAt: string, by: User }} Ban A user who cannot be added again. */

/**
 * One part of a message with the whole of its new value: its content, `edited` or `deleted`, or its
 * reactions. `by` is absent if that user was erased.
 * @typedef {{
 *   conversationId: string,
 *   seq: number,
 *   messageId: string,
 *   change: "edited" | "deleted" | "reacted",
 *   by?: User,
 *   at: string,
 *   content?: string,
 *   type?: string,
 *   mentions?: string[],
 *   version?: number,
 *   editedAt?: string,
 *   deletedAt?: string,
 *   reaction?: string,
 *   isOn?: boolean,
 *   reactions?: Reactions,
 * }} MessageChanged
 */

/**
 * One change of a conversation, with what it is from then on.
 * @typedef {{
 *   conversationId: string,
 *   seq: number,
 *   change: "renamed" | "pinned" | "unpinned" | "role" | "muted" | "unmuted" | "slow_mode" | "unbanned",
 *   by?: User,
 *   at: string,
 *   title?: string,
 *   messageId?: string,
 *   userId?: string,
 *   username?: string,
 *   role?: Role,
 *   mutedUntil?: string,
 *   slowSeconds?: number,
 * }} ConversationChanged
 */

/**
 * The frame of a message or a change: what takes a number in a conversation.
 * @typedef {{ type: string, data: { conversationId: string, seq: number, [field: string]: any } }} Numbered
 */

/**
 * Messages and changes of a conversation, ascending. Up to `upTo` the page is complete; a service
 * without changes does not say.
 * @typedef {{ messages: Message[], changes: Numbered[], upTo?: number, hasMore: boolean }} HistoryPage
 */

/**
 * A part of a list. With a `cursor` there is more: it is the option `cursor` of the next page.
 * @template Item
 * @typedef {{ items: Item[], cursor?: string }} Page
 */

/**
 * Messages that were found, newest first. With a `cursor` there may be more: it is the option
 * `before` of the next page.
 * @typedef {{ messages: Message[], cursor?: number }} FoundMessages
 */

/** @typedef {{ people: Profile[], hasMore: boolean }} FoundPeople Users whose names begin like that. */

/** @typedef {User & { reactions: string[] }} Reactor A user who reacted to a message, and how. */

/** @typedef {{ deviceId: string }} Device A device that gets notifications. */

/**
 * A frame in either direction, its data by the names of the client.
 * @typedef {{ type?: string, requestId?: string, code?: string, message?: string, data?: any, [field: string]: unknown }} Frame
 */

/**
 * A message of the user's own, from `send` until it is among the others or given up; once stored
 * it has a `seq`.
 * @typedef {{
 *   clientMessageId: string,
 *   conversationId: string,
 *   content: string,
 *   type: string,
 *   replyTo?: string,
 *   mentions?: string[],
 *   attachments?: AttachmentRef[],
 *   state: "sending" | "stored" | "failed" | "discarded",
 *   seq?: number,
 *   error?: Error,
 * }} Outgoing
 */

export {};
