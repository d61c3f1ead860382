import { AttachmentUrls } from "./attachment-urls.js";
import { Positions } from "./positions.js";
import { ParleyError } from "./errors.js";
import { Heartbeat } from "./heartbeat.js";
import { Outbox } from "./outbox.js";
import { Presence } from "./presence.js";
import { Receipts } from "./receipts.js";
import { Router } from "./router.js";
import { SavedOutbox } from "./saved-outbox.js";
import { Session } from "./session.js";
import { Store } from "./store.js";
import { ConversationStreams } from "./streams.js";
import { Typing } from "./typing.js";
import { Unread } from "./unread.js";
import { Uploads } from "./uploads.js";

/** @import { SocketClass, Clock, TextStorage, UploadRequestClass } from "./options.js" */
/** @import { Message, Numbered } from "./types.js" */
/** @import { Timeline } from "./timeline.js" */
/** @import { Timing } from "./timing.js" */

/**
 * @typedef {{
 *   url: string, WebSocket: SocketClass, XMLHttpRequest: UploadRequestClass | undefined, clock: Clock,
 *   random: () => number, timing: Timing, storage?: TextStorage | undefined,
 * }} Options
 */

/** The parts of the client, and what each does when something happens in another. */
export class Engine {
  /** @type {Set<Timeline>} */
  timelines = new Set();

  /** @param {Options} options */
  constructor(options) {
    const { url, storage } = options;
    this.session = new Session(options, {
      onFrame: (frame) => router.route(frame),
      onOnline: () => this.#resume(),
      onUserKnown: () => this.outbox.resume(),
      onOffline: () => this.heartbeat.stop(),
      onUserForgotten: (error) => this.#forgetUser(error),
      onTimeout: () => this.heartbeat.beat(),
      onActivity: () => this.heartbeat.markActivity(),
    });
    const { events } = this.session;
    const onFailed = (/** @type {unknown} */ error) => events.emit("error", error);
    const store = new Store({ url, storage, onFailed });
    this.outbox = new Outbox(this.session, new SavedOutbox(store));
    this.uploads = new Uploads(this.session, options.XMLHttpRequest);
    this.attachmentUrls = new AttachmentUrls(this.session);
    this.typing = new Typing(this.session);
    this.presence = new Presence(this.session);
    this.streams = new ConversationStreams(this.session);
    this.positions = new Positions(this.session, this.streams, store);
    this.unread = new Unread(this.session);
    this.receipts = new Receipts(this.session, this.unread);
    this.heartbeat = new Heartbeat(this.session, this.streams);
    this.streams.events.on("received", (frame) => this.#receive(frame));
    this.streams.events.on("delivered", (frame) => {
      this.#deliver(frame);
      this.positions.delivered(frame);
    });
    this.streams.events.on("access_revoked", (conversationId) => this.#leave(conversationId));
    const router = new Router({
      ...this,
      onRemoved: (conversationId) => this.#leave(conversationId),
    });
  }

  #resume() {
    this.outbox.resume();
    this.positions.resume();
    this.streams.resume();
    this.presence.resume();
    this.heartbeat.start();
  }

  /** @param {Numbered} frame */
  #receive({ type, data }) {
    if (type !== "chat_message") return;
    const message = /** @type {Message} */ (data);
    this.outbox.stored(message);
    this.unread.messageReceived(message);
  }

  /** @param {Numbered} frame */
  #deliver({ type, data }) {
    const event = /** @type {any} */ (data);
    const { events } = this.session;
    switch (type) {
      case "chat_message":
        this.typing.messageArrived(event);
        this.unread.messageArrived(event);
        return events.emit("message", event);
      case "message_changed":
        this.unread.messageChanged(event);
        return events.emit("message_changed", event);
      case "members_added":
      case "conversation_changed":
        return events.emit(type, event);
      case "member_removed":
        // In the log it is past: the user, who can read this, has been added again since.
        if (event.userId !== this.session.user?.userId) events.emit("member_removed", event);
    }
  }

  /** @param {string} conversationId */
  #leave(conversationId) {
    this.streams.leave(conversationId);
    this.unread.forget(conversationId);
    this.presence.forget(conversationId);
    const error = new ParleyError("not_a_member", "You are no longer in this conversation.");
    for (const timeline of [...this.timelines]) {
      if (timeline.conversationId === conversationId) timeline.close(error);
    }
  }

  /** @param {Error} error */
  #forgetUser(error) {
    this.outbox.forgetAll(error);
    this.uploads.forgetAll(error);
    this.attachmentUrls.forgetAll();
    this.typing.forgetAll();
    this.presence.forgetAll();
    this.receipts.forgetAll();
    this.unread.forgetAll();
    this.streams.forgetAll();
    this.heartbeat.forgetUser();
    for (const timeline of [...this.timelines]) timeline.close(error);
  }
}
