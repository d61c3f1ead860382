import { Commands } from "./commands.js";
import { Engine } from "./engine.js";
import { newId } from "./ids.js";
import { Timeline } from "./timeline.js";

/** @import { Options } from "./engine.js" */
/** @import { Events } from "./events.js" */
/** @import { Abortable, Credentials, MessageContent, OpenOptions, Place, SendOptions, TextStorage, UploadOptions, UrlOptions } from "./options.js" */
/** @import { Attachment, Identity, Message, Outgoing, PresenceView, User } from "./types.js" */

/** One user's side of the chat, over as many connections as it takes. Made by `connect`. */
export class Chat extends Commands {
  #engine;
  #session;

  /** @param {Options} options */
  constructor(options) {
    const engine = new Engine(options);
    super(engine.session, engine.streams);
    this.#engine = engine;
    this.#session = engine.session;
  }

  get state() {
    return this.#session.state;
  }

  /**
   * Who is signed in, or was until the session ran out, or is about to be (the `user` of a token).
   * @returns {User | null}
   */
  get user() {
    return this.#session.user;
  }

  /**
   * What a browser subscribes to notifications with (`applicationServerKey`, in base64url), or null
   * if nobody is signed in or the service has no Web Push.
   */
  get webPushKey() {
    return this.#session.user?.webPushKey ?? null;
  }

  /**
   * Calls the listener for every event of the type, until the signal aborts or the returned
   * function is called. `message` brings the messages of every conversation, the user's own
   * included, and `message_changed`, `members_added`, `member_removed` and `conversation_changed`
   * what changed. In one conversation all of these come in one order, each once, and without gaps
   * from the first one on.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(detail: Events[Type]) => void} listener
   * @param {Abortable} [options]
   * @throws {ParleyError} `bad_request` if there is no such event
   */
  on(type, listener, options) {
    return this.#session.events.on(type, listener, options);
  }

  /**
   * Calls the listener for the next event of the type, and for no other.
   * @template {keyof Events} Type
   * @param {Type} type
   * @param {(detail: Events[Type]) => void} listener
   * @param {Abortable} [options]
   * @returns {() => void} ends it before
   * @throws {ParleyError} `bad_request` if there is no such event
   */
  once(type, listener, options) {
    return this.#session.events.once(type, listener, options);
  }

  /**
   * Signs in and keeps the user signed in over every reconnection. Resolves when the
   * service accepts the credentials, however long there is no connection; rejects when it rejects
   * them.
   * @param {Credentials} credentials
   * @param {Abortable} [options]
   * @returns {Promise<Identity>}
   */
  authenticate(credentials, { signal } = {}) {
    return this.#session.authenticate(credentials, signal);
  }

  /**
   * Ends every session of the user, on all devices.
   * @param {Abortable} [options]
   */
  async signOut({ signal } = {}) {
    await this.#session.call(() => ({ type: "sign_out" }), { signal });
  }

  /** Ends the connection and everything that waits for it; the token stays valid. */
  close() {
    this.#session.close();
  }

  /** Tries again now if offline, and finds out now if the connection is dead. */
  wake() {
    this.#session.reconnectNow();
    this.#engine.heartbeat.beat();
  }

  /**
   * Resolves with the message once it is stored: however long that takes, over as many
   * connections, exactly once. Rejects when the service refuses it. Messages to a conversation
   * are stored in the order of the calls.
   * @param {string} conversationId
   * @param {MessageContent} said
   * @param {SendOptions} [options]
   * @returns {Promise<Message>}
   */
  async send(conversationId, said, options = {}) {
    const { type = "text", clientMessageId = newId(this.#session), ...others } = options;
    const { content = "", attachments } =
      typeof said === "string" ? { content: said } : (said ?? {});
    this.#engine.typing.sent(conversationId);
    const details = { ...others, attachments, type, clientMessageId };
    return this.#engine.outbox.send(conversationId, content, details);
  }

  /**
   * Uploads a file for a message of the conversation. Resolves when the file store has it: then a
   * message can be sent with it. Three files are uploaded at a time; others wait. A connection that
   * breaks off is tried again.
   * @param {string} conversationId
   * @param {Blob & { name?: string }} file
   * @param {UploadOptions} [options]
   * @returns {Promise<Attachment>}
   * @throws {ParleyError} `too_large`, `bad_request`, `upload_failed`
   */
  upload(conversationId, file, options) {
    return this.#engine.uploads.upload(conversationId, file, options);
  }

  /**
   * The URL of a file or a thumbnail; it holds for a minute at least. URLs that are asked for at one
   * time become one request.
   * @param {string} conversationId
   * @param {string} attachmentId
   * @param {UrlOptions} [options]
   * @returns {Promise<string>}
   * @throws {ParleyError} `no_attachment`
   */
  attachmentUrl(conversationId, attachmentId, options) {
    return this.#engine.attachmentUrls.get(conversationId, attachmentId, options);
  }

  /**
   * Calls `onUrl` with the URL of the file, and with another one before it expires.
   * @param {string} conversationId
   * @param {string} attachmentId
   * @param {(url: string) => void} onUrl
   * @param {(error: unknown) => void} [onFailed] there is none, and there will be none
   * @returns {() => void} ends it
   */
  watchAttachmentUrl(conversationId, attachmentId, onUrl, onFailed = () => {}) {
    return this.#engine.attachmentUrls.watch(conversationId, attachmentId, onUrl, onFailed);
  }

  /**
   * Sends a message that refers to another one of its conversation.
   * @param {Pick<Message, "conversationId" | "messageId">} message
   * @param {MessageContent} said
   * @param {Omit<SendOptions, "replyTo">} [options]
   */
  reply({ conversationId, messageId }, said, options) {
    return this.send(conversationId, said, { ...options, replyTo: messageId });
  }

  /**
   * Sends a message that failed once more, as the same message.
   * @param {Outgoing} outgoing
   */
  resend({ conversationId, content, attachments = [], state: _, seq: __, error: ___, ...options }) {
    return this.send(conversationId, { content, attachments }, options);
  }

  /**
   * Sends what another `Chat` of the user kept in its `storage`, once that one has ended: a closed
   * tab, for example. Without effect while the user is not known.
   * @param {TextStorage} storage
   */
  adopt(storage) {
    this.#engine.outbox.adopt(storage);
  }

  /**
   * Drops a message that failed.
   * @param {Outgoing} outgoing
   */
  discard(outgoing) {
    this.#engine.outbox.discard(outgoing);
  }

  /**
   * Announces that the user is typing; call it for every keystroke.
   * @param {string} conversationId
   * @param {boolean} [isTyping]
   */
  typing(conversationId, isTyping = true) {
    this.#engine.typing.send(conversationId, isTyping);
  }

  /**
   * Watches which of these members are online, in place of those who were watched in the
   * conversation before: at most 50, and 100 in all conversations. Nobody ends it. A watch is renewed
   * on every connection. Resolves with what is known then; what changes is a `presence` event.
   * @param {string} conversationId
   * @param {string[]} userIds
   * @param {Abortable} [options]
   * @returns {Promise<PresenceView>}
   * @throws {ParleyError} `conflict` if there are too many
   */
  watchPresence(conversationId, userIds, { signal } = {}) {
    return this.#engine.presence.watch(conversationId, userIds, signal);
  }

  /**
   * What is known of those who are watched in a conversation. It is the same object until something
   * changes, and stays while there is no connection.
   * @param {string} conversationId
   */
  presence(conversationId) {
    return this.#engine.presence.of(conversationId);
  }

  /**
   * The user has read up to this message; to be called for every message that is seen.
   * @param {Place} message
   */
  markRead(message) {
    this.#engine.receipts.mark(message);
  }

  /**
   * How many messages of others the user has not read, as the service counts them; 100 stands for
   * as many or more. Every change of it is an `unread` event.
   * @param {string} conversationId
   */
  unread(conversationId) {
    return this.#engine.unread.of(conversationId).unread;
  }

  /**
   * How many of the unread messages mention the user, or everybody.
   * @param {string} conversationId
   */
  mentions(conversationId) {
    return this.#engine.unread.of(conversationId).mentions;
  }

  /**
   * A window onto a conversation, for as long as it is not closed.
   * @param {string} conversationId
   * @param {OpenOptions} [options]
   */
  open(conversationId, options) {
    const { timelines } = this.#engine;
    const timeline = new Timeline(conversationId, this.#engine, options);
    timelines.add(timeline);
    timeline.onClosed(() => timelines.delete(timeline));
    return timeline;
  }

  /**
   * Brings every message and every change after the number as an event: for programs that act on each
   * of them once. Without a number it goes on after the last event whose listeners returned, by the
   * `storage`. If there is none yet, it begins after the number `start`, or else with what comes
   * from now on. A message comes as it is when it comes; a change of it that was made before then
   * may not come as well. To be called before anything of the conversation arrives: best before
   * `authenticate`.
   * @param {string} conversationId
   * @param {number | { start?: number }} [after]
   * @returns {() => void} ends it
   */
  follow(conversationId, after = {}) {
    return this.#engine.positions.follow(conversationId, after);
  }
}
