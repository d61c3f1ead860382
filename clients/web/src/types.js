/**
 * The objects of the client's interface. Those that cross the wire have the fields of its frames, by
 * names in camelCase. Types only: this module has no values.
 */

/** @typedef {"owner" | "moderator" | "member"} Role */

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

/** @typedef {Pick<Attachment, "attachmentId"> & Partial<Attachment>} AttachmentRef */

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

/** @typedef {Notifications & { conversationId: string }} NotificationsSet */

/**
 * What a `PushSubscription` says as JSON.
 * @typedef {{ endpoint: string, keys: { p256dh: string, auth: string } }} Subscription
 */

/** @typedef {{ userId: string, username: string }} User */

/** @typedef {User & { displayName?: string }} Profile How a user is shown. */

/**
 * @typedef {Profile & { role: Role, lastReadSeq: number, online: boolean, mutedUntil?: string }} Member
 */

/**
 * `webPushKey` is what a browser subscribes with, if the service has Web Push.
 * @typedef {User & { token: string, expiresAt: string, webPushKey?: string }} Identity
 */

/**
 * @typedef {User & { conversationId: string, isTyping: boolean, expiresInSeconds?: number }} TypingNotice
 */

/**
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

/** @typedef {{ conversationId: string, users: UserPresence[], onlineCount?: number }} PresenceChanged */

/** @typedef {{ conversationId: string, seq?: number, members: Member[], by: User }} MembersAdded */

/**
 * `newOwnerId` is there if the only owner left: who is owner from then on.
 * @typedef {User & {
 *   conversationId: string, seq?: number, by: User, newOwnerId?: string,
 *   isBanned?: boolean,
 * }} MemberRemoved
 */

/** @typedef {User & { bannedAt: string, by: User }} Ban */

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
 * @typedef {{ messages: Message[], changes: Numbered[], upTo?: number, hasMore: boolean }} Page
 */

/** @typedef {{ userId: string, username: string, reactions: string[] }} Reactor */

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
 * mentions?: string[],
 *   attachments?: AttachmentRef[],
 *   state: "sending" | "stored" | "failed" | "discarded",
 *   seq?: number,
 *   error?: Error,
 * }} Outgoing
 */

/**
 * - `connecting`: a socket is being opened, or the user authenticated on it
 * - `online`: authenticated
 * - `offline`: the connection was lost; `retryAt` says when the next attempt is made
 * - `signed_out`: there is nobody to authenticate as; call `authenticate`
 * - `closed`: `close` was called, or the signal of `connect` aborted
 * @typedef {"connecting" | "online" | "offline" | "signed_out" | "closed"} State
 */

/**
 * A password, a token, or a function that supplies a fresh token: it is asked first, and again
 * whenever the service refuses the token at hand. `null` from it ends the session. `user` says
 * whose token it is, if that is known from before: until the service answers, it is taken for true.
 * @typedef {{ username: string, password: string }
 *   | { token: string | (() => string | null | Promise<string | null>), user?: User }} Credentials
 */

/**
 * `now` is the time of day, which may be set; `monotonic` is what durations are measured by, from
 * any beginning. Both are in milliseconds.
 * @typedef {{
 *   now(): number,
 *   monotonic(): number,
 *   setTimeout(run: () => void, ms: number): unknown,
 *   clearTimeout(timer: any): void,
 * }} Clock
 */

/**
 * The part of the browsers' WebSocket that is used.
 * @typedef {{
 *   readonly readyState: number,
 *   onopen: ((event: any) => void) | null,
 *   onmessage: ((event: any) => void) | null,
 *   onclose: ((event: any) => void) | null,
 *   onerror: ((event: any) => void) | null,
 *   send(text: string): void,
 *   close(): void,
 * }} Socket
 */

/** @typedef {new (url: string) => Socket} SocketClass */

/**
 * The part of the browsers' XMLHttpRequest that is used.
 * @typedef {{
 *   readonly upload: {
 *     onprogress: ((event: any) => void) | null,
 *   },
 *   readonly status: number,
 *   onload: ((event: any) => void) | null,
 *   onerror: ((event: any) => void) | null,
 *   open(method: string, url: string): void,
 *   send(body: FormData): void,
 *   abort(): void,
 * }} UploadRequest
 */

/** @typedef {new () => UploadRequest} UploadRequestClass */

/** @typedef {{ signal?: AbortSignal | undefined }} Abortable */

/**
 * The part of `localStorage` and `sessionStorage` that is used.
 * @typedef {{
 *   getItem(key: string): string | null,
 *   setItem(key: string, text: string): void,
 *   removeItem(key: string): void,
 * }} TextStorage
 */

/**
 * @typedef {Abortable & {
 *   WebSocket?: SocketClass,
 *   XMLHttpRequest?: UploadRequestClass,
 *   storage?: TextStorage,
 *   clock?: Clock,
 *   random?: () => number,
 *   timing?: Partial<import("./timing.js").Timing>,
 *   network?: Pick<EventTarget, "addEventListener" | "removeEventListener">,
 * }} ConnectOptions
 */

/**
 * @typedef {{
 *   state: { state: State, retryAt?: number },
 *   authenticated: Identity,
 *   signed_out: { reason: string },
 *   message: Message,
 *   outgoing: Outgoing,
 *   typing: TypingNotice,
 *   presence: PresenceChanged,
 *   read: ReadReceipt,
 *   unread: { conversationId: string, unreadCount: number, mentionCount: number },
 *   conversations_changed: { inbox: number },
 *   conversation_created: Conversation,
 *   conversation_changed: ConversationChanged,
 *   notifications_set: NotificationsSet,
 *   message_changed: MessageChanged,
 *   members_added: MembersAdded,
 *   member_removed: MemberRemoved,
 *   error: unknown,
 *   frame: { direction: "in" | "out", text: string, at: number },
 * }} Events
 */

export {};
