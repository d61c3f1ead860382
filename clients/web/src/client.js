import { Conversations } from "./conversations.js";
import { Core } from "./core.js";
import { ParleyError } from "./errors.js";
import { Feeds } from "./feeds.js";
import { Heartbeat } from "./heartbeat.js";
import { newId } from "./ids.js";
import { Outbox } from "./outbox.js";
import { Receipts } from "./receipts.js";
import { Router } from "./router.js";
import { SavedOutbox } from "./saved.js";
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
  #core;
  #feeds;
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
    this.#core = new Core(options, {
      onFrame: (frame) => router.route(frame),
      onOnline: () => this.#resume(),
      onOffline: () => this.#heartbeat.stop(),
      onUserGone: (error) => this.#forgetUser(error),
      onSilence: () => this.#heartbeat.beat(),
      onSign: () => this.#heartbeat.heard(),
    });
    const { url, storage } = options;
    const onFailed = (/** @type {unknown} */ error) => this.#core.events.emit("error", error);
    this.#outbox = new Outbox(this.#core, new SavedOutbox({ url, storage, onFailed }));
    this.#typing = new Typing(this.#core);
    this.#unread = new Unread(this.#core, (id, range) => this.#feeds.history(id, range));
    this.#receipts = new Receipts(this.#core, this.#unread);
    this.#feeds = new Feeds(this.#core, {
      onSeen: (message) => this.#outbox.stored(message),
      onTurn: (message) => this.#hand(message),
      onShutOut: (conversationId) => this.#leave(conversationId),
    });
    this.#heartbeat = new Heartbeat(this.#core, this.#feeds);
    this.#conversations = new Conversations(this.#core, this.#feeds.departures);
    const router = new Router({
      core: this.#core,
      feeds: this.#feeds,
      heartbeat: this.#heartbeat,
      receipts: this.#receipts,
      typing: this.#typing,
      unread: this.#unread,
      onRemoved: (conversationId) => this.#leave(conversationId),
    });
  }

  get state() {
    return this.#core.state;
  }

  /**
   * Who is signed in, or was until the session ran out.
   * @returns {Types.User | null}
   */
  get user() {
    return this.#core.user;
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
    return this.#core.events.on(type, listener, options);
  }

  /**
   * Signs in and keeps the user signed in over every reconnection. Resolves when the service
   * knows the user, however long there is no connection; rejects when it refuses.
   * @param {Types.Credentials} credentials
   * @param {Types.Abortable} [options]
   * @returns {Promise<Types.Identity>}
   */
  authenticate(credentials, { signal } = {}) {
    return this.#core.authenticate(credentials, signal);
  }

  /**
   * Ends every session of the user, on all devices.
   * @param {Types.Abortable} [options]
   */
  async signOut({ signal } = {}) {
    await this.#core.call(() => ({ type: "sign_out" }), { signal });
  }

  /** Ends the connection and everything that waits on it; the session lives on in its token. */
  close() {
    this.#core.close();
  }

  /** Tries again now if offline, and finds out now if the connection is dead. */
  wake() {
    this.#core.hasten();
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
    const { type = "text", clientMessageId = newId(this.#core), signal } = options;
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
   * Tells the others; to be called for every keystroke.
   * @param {string} conversationId
   * @param {boolean} [isTyping]
   */
  typing(conversationId, isTyping = true) {
    this.#typing.tell(conversationId, isTyping);
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
    return this.#feeds.history(conversationId, range, signal);
  }

  /**
   * A window onto a conversation, for as long as it is not closed.
   * @param {string} conversationId
   */
  open(conversationId) {
    const parts = { core: this.#core, feeds: this.#feeds, outbox: this.#outbox };
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
    const feed = this.#feeds.of(conversationId);
    feed.begin(after);
    if (this.state === "online") feed.catchUp();
    return this.#feeds.show(conversationId);
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
    this.#feeds.resume();
    this.#heartbeat.start();
  }

  /** @param {Types.Message} message */
  #hand(message) {
    this.#typing.ended(message);
    this.#unread.seen(message);
    this.#core.events.emit("message", message);
  }

  /** @param {string} conversationId */
  #leave(conversationId) {
    this.#feeds.leave(conversationId);
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
    this.#feeds.forgetAll();
    for (const timeline of [...this.#timelines]) timeline.close(error);
  }
}
