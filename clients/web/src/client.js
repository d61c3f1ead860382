import { Conversations } from "./conversations.js";
import { Session } from "./session.js";
import { ParleyError } from "./errors.js";
import { ConversationStreams } from "./streams.js";
import { Heartbeat } from "./heartbeat.js";
import { newId } from "./ids.js";
import { Outbox } from "./outbox.js";
import { Receipts } from "./receipts.js";
import { Router } from "./router.js";
import { SavedOutbox } from "./saved-outbox.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";
import { Unread } from "./unread.js";

/** @import * as Types from "./types.js" */
/** @import { Place } from "./receipts.js" */
/** @import { Timing } from "./timing.js" */

/** One user's side of the chat, over as many connections as it takes. Made by `connect`. */
export class Chat {
  /** @type {Set<Timeline>} */
  #timelines = new Set();
  #session;
  #streams;
  #outbox;
  #heartbeat;
  #receipts;
  #typing;
  #unread;
  #conversations;

  /**
   * @param {{
   *   url: string, WebSocket: Types.SocketClass, clock: Types.Clock,
   *   random: () => number, timing: Timing, storage?: Types.TextStorage | undefined,
   * }} options
   */
  constructor(options) {
    this.#session = new Session(options, {
      onFrame: (frame) => router.route(frame),
      onOnline: () => this.#resume(),
      onOffline: () => this.#heartbeat.stop(),
      onUserForgotten: (error) => this.#forgetUser(error),
      onTimeout: () => this.#heartbeat.beat(),
      onActivity: () => this.#heartbeat.markActivity(),
    });
    const { url, storage } = options;
    const onFailed = (/** @type {unknown} */ error) => this.#session.events.emit("error", error);
    this.#outbox = new Outbox(this.#session, new SavedOutbox({ url, storage, onFailed }));
    this.#typing = new Typing(this.#session);
    this.#unread = new Unread(this.#session, (id, range) => this.#streams.history(id, range));
    this.#receipts = new Receipts(this.#session, this.#unread);
    this.#streams = new ConversationStreams(this.#session, {
      onReceived: (message) => this.#outbox.stored(message),
      onDeliver: (message) => this.#deliver(message),
      onAccessRevoked: (conversationId) => this.#leave(conversationId),
    });
    this.#heartbeat = new Heartbeat(this.#session, this.#streams);
    this.#conversations = new Conversations(this.#session, this.#streams.left);
    const router = new Router({
      session: this.#session,
      streams: this.#streams,
      heartbeat: this.#heartbeat,
      receipts: this.#receipts,
      typing: this.#typing,
      unread: this.#unread,
      onRemoved: (conversationId) => this.#leave(conversationId),
    });
  }

  get state() {
    return this.#session.state;
  }

  /**
   * Who is signed in, or was until the session ran out.
   * @returns {Types.User | null}
   */
  get user() {
    return this.#session.user;
  }

  /**
   * Calls the listener for every event of the type, until the signal aborts or the returned
   * function is called. `message` brings the messages of every conversation, the user's own
   * included: in a conversation in order, each once, and without holes from the first one on.
   * @template {keyof Types.Events} Type
   * @param {Type} type
   * @param {(detail: Types.Events[Type]) => void} listener
   * @param {Types.Abortable} [options]
   */
  on(type, listener, options) {
    return this.#session.events.on(type, listener, options);
  }

  /**
   * Signs in and keeps the user signed in over every reconnection. Resolves when the
   * service accepts the credentials, however long there is no connection; rejects when it rejects
   * them.
   * @param {Types.Credentials} credentials
   * @param {Types.Abortable} [options]
   * @returns {Promise<Types.Identity>}
   */
  authenticate(credentials, { signal } = {}) {
    return this.#session.authenticate(credentials, signal);
  }

  /**
   * Ends every session of the user, on all devices.
   * @param {Types.Abortable} [options]
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
    this.#heartbeat.beat();
  }

  /**
   * Resolves with the message once it is stored: however long that takes, over as many
   * connections, exactly once. Rejects when the service refuses it. Messages to a conversation
   * are stored in the order of the calls.
   * @param {string} conversationId
   * @param {string} content
   * @param {Types.Abortable & { type?: string, clientMessageId?: string }} [options]
   * @returns {Promise<Types.Message>}
   */
  async send(conversationId, content, options = {}) {
    const { type = "text", clientMessageId = newId(this.#session), signal } = options;
    this.#typing.sent(conversationId);
    return this.#outbox.send(conversationId, content, { type, clientMessageId, signal });
  }

  /**
   * Sends a message that failed once more, as the same message.
   * @param {Types.Outgoing} outgoing
   */
  resend({ conversationId, content, type, clientMessageId }) {
    return this.send(conversationId, content, { type, clientMessageId });
  }

  /**
   * Drops a message that failed.
   * @param {Types.Outgoing} outgoing
   */
  discard(outgoing) {
    this.#outbox.discard(outgoing);
  }

  /**
   * Announces that the user is typing; call it for every keystroke.
   * @param {string} conversationId
   * @param {boolean} [isTyping]
   */
  typing(conversationId, isTyping = true) {
    this.#typing.send(conversationId, isTyping);
  }

  /**
   * The user has read up to this message; to be called for every message that is seen.
   * @param {Place} message
   */
  markRead(message) {
    this.#receipts.mark(message);
  }

  /**
   * How many messages of others the user has not read; 100 stands for as many or more. Every
   * change of it is an `unread` event.
   * @param {string} conversationId
   */
  unread(conversationId) {
    return this.#unread.of(conversationId);
  }

  /**
   * Messages of the past, ascending: before or after a number, or the newest.
   * @param {string} conversationId
   * @param {Types.Abortable & { before?: number, after?: number, limit?: number }} [options]
   */
  history(conversationId, { before, after, limit, signal } = {}) {
    const range = { before_seq: before, after_seq: after, limit };
    return this.#streams.history(conversationId, range, signal);
  }

  /**
   * A window onto a conversation, for as long as it is not closed.
   * @param {string} conversationId
   */
  open(conversationId) {
    const parts = { session: this.#session, streams: this.#streams, outbox: this.#outbox };
    const timeline = new Timeline(conversationId, parts);
    this.#timelines.add(timeline);
    timeline.onClosed(() => this.#timelines.delete(timeline));
    return timeline;
  }

  /**
   * Brings every message after the number as a `message` event: for programs that remember how
   * far they came. To be called before anything of the conversation arrives: best before
   * `authenticate`.
   * @param {string} conversationId
   * @param {number} after
   * @returns {() => void} ends it
   */
  follow(conversationId, after) {
    const stream = this.#streams.of(conversationId);
    stream.begin(after);
    if (this.state === "online") stream.catchUp();
    return this.#streams.watch(conversationId);
  }

  /**
   * @param {Types.Abortable & { kind?: "group" | "direct", title?: string, members: string[] }} options
   */
  createConversation(options) {
    return this.#conversations.create(options);
  }

  /**
   * @param {string} conversationId
   * @param {string[]} usernames
   * @param {Types.Abortable} [options]
   */
  addMembers(conversationId, usernames, options) {
    return this.#conversations.addMembers(conversationId, usernames, options);
  }

  /**
   * @param {string} conversationId
   * @param {string} username
   * @param {Types.Abortable} [options]
   */
  removeMember(conversationId, username, options) {
    return this.#conversations.removeMember(conversationId, username, options);
  }

  /**
   * @param {string} conversationId
   * @param {Types.Abortable} [options]
   */
  leaveConversation(conversationId, options) {
    return this.#conversations.leave(conversationId, options);
  }

  /** @param {Types.Abortable & { cursor?: string, limit?: number }} [options] */
  listConversations(options) {
    return this.#conversations.list(options);
  }

  /**
   * @param {string} conversationId
   * @param {Types.Abortable & { cursor?: string, limit?: number }} [options]
   */
  listMembers(conversationId, options) {
    return this.#conversations.listMembers(conversationId, options);
  }

  #resume() {
    this.#outbox.resume();
    this.#streams.resume();
    this.#heartbeat.start();
  }

  /** @param {Types.Message} message */
  #deliver(message) {
    this.#typing.messageArrived(message);
    this.#unread.seen(message);
    this.#session.events.emit("message", message);
  }

  /** @param {string} conversationId */
  #leave(conversationId) {
    this.#streams.leave(conversationId);
    this.#unread.forget(conversationId);
    const error = new ParleyError("not_a_member", "You are no longer in this conversation.");
    for (const timeline of [...this.#timelines]) {
      if (timeline.conversationId === conversationId) timeline.close(error);
    }
  }

  /** @param {Error} error */
  #forgetUser(error) {
    this.#outbox.forgetAll(error);
    this.#typing.forgetAll();
    this.#receipts.forgetAll();
    this.#unread.forgetAll();
    this.#streams.forgetAll();
    for (const timeline of [...this.#timelines]) timeline.close(error);
  }
}
