/**
 * What a program passes to the client. Types only: this module has no values.
 */

/** @import { AttachmentRef, Message, Notifications, User } from "./types.js" */

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

/** @typedef {new (url: string) => Socket} SocketClass What makes sockets. */

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

/** @typedef {new () => UploadRequest} UploadRequestClass What makes requests that upload. */

/**
 * What waits, ends when the signal aborts. It rejects with the signal's reason then.
 * @typedef {{ signal?: AbortSignal | undefined }} Abortable
 */

/**
 * Where unsent messages, and how far the program came, outlive it. It is the part of `localStorage`
 * and `sessionStorage` that is used: what was set is there for the next program that gets the same
 * storage, and is read back at once. It belongs to one client at a time. A method may throw: that is
 * an `error` event, and the client goes on without.
 * @typedef {{
 *   getItem(key: string): string | null,
 *   setItem(key: string, text: string): void,
 *   removeItem(key: string): void,
 * }} TextStorage
 */

/**
 * How long the client waits for what, in milliseconds.
 * @typedef {import("./timing.js").Timing} Timing
 */

/**
 * The options of `connect`. `signal` closes the client. `storage` is where unsent messages
 * and the positions of `follow` outlive the program. `timing` changes how long the client waits, in
 * milliseconds. `network` is what the events `online` and `offline` come from: the window, in
 * browsers. The others are what the platform has.
 * @typedef {Abortable & {
 *   WebSocket?: SocketClass,
 *   XMLHttpRequest?: UploadRequestClass,
 *   storage?: TextStorage,
 *   clock?: Clock,
 *   random?: () => number,
 *   timing?: Partial<Timing>,
 *   network?: Pick<EventTarget, "addEventListener" | "removeEventListener">,
 * }} ConnectOptions
 */

/**
 * What a message says: its text, or also the files that come with it, at most 10. Without text a
 * message needs files.
 * @typedef {string | { content?: string, attachments?: AttachmentRef[] }} MessageContent
 */

/**
 * The options of `send`. `replyTo`: the id of a message of the conversation. `mentions`: ids of
 * members, at most 20; `"*"` means everybody and is for owners and moderators. `clientMessageId`
 * names the message: two with one id of one user in one conversation are the same message.
 * @typedef {Abortable & {
 *   type?: string, clientMessageId?: string, replyTo?: string, mentions?: string[],
 * }} SendOptions
 */

/**
 * The options of `edit`. `overwrite`: replaces a version that the user did not see, too.
 * @typedef {Abortable & { type?: string, mentions?: string[], overwrite?: boolean }} EditOptions
 */

/**
 * The options of `upload`. `name`: what the file is called, if not by its own name. `onProgress`: how
 * much of the file is sent, from 0 to 1; it starts again with each attempt.
 * @typedef {Abortable & { name?: string, onProgress?: (share: number) => void }} UploadOptions
 */

/** @typedef {Abortable & { renew?: boolean }} UrlOptions `renew`: asks also if a URL is at hand. */

/**
 * The options of `open`. `changes`: also who joined and left, new titles, pins and roles between the
 * messages, for which pages are read twice. `saved`: messages without gaps, ascending, from an
 * earlier timeline: they are shown until it is loaded.
 * @typedef {{ changes?: boolean, saved?: readonly Message[] }} OpenOptions
 */

/**
 * Which messages of the past: before a number, after a number, or the newest.
 * @typedef {Abortable & { before?: number, after?: number, limit?: number }} HistoryOptions
 */

/** @typedef {Abortable & { before?: number | undefined }} SearchOptions `before`: a number. */

/** @typedef {Abortable & { cursor?: string, limit?: number }} PageOptions Which part of a list. */

/** @typedef {PageOptions & { reaction?: string }} ReactionsOptions `reaction`: only who reacted so. */

/**
 * A conversation that is to be created: its members, by their usernames, besides the user.
 * @typedef {{ kind?: "group" | "direct", title?: string, members: string[] }} NewConversation
 */

/**
 * Of which messages the user is notified, and of none until when.
 * @typedef {{ level: Notifications["level"], mutedUntil?: Date | null }} NotificationOptions
 */

/**
 * How a user is to be shown. Null removes what was set, what is left out stays. The picture is a still
 * WebP, JPEG or PNG of at most `PICTURE_BYTES` and 512 pixels on each side.
 * @typedef {{ displayName?: string | null, picture?: Blob | null }} ProfileOptions
 */

/** @typedef {Abortable & { pictures?: boolean }} ProfilesOptions `pictures`: also the pictures. */

/** @typedef {Pick<Message, "messageId">} MessageRef A message, as far as requests name it. */

/** @typedef {Pick<Message, "conversationId" | "messageId" | "seq">} Place A message's place. */

/**
 * What a `PushSubscription` says as JSON.
 * @typedef {{ endpoint: string, keys: { p256dh: string, auth: string } }} Subscription
 */

export {};
