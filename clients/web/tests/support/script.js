import assert from "node:assert/strict";

import { connect } from "../../src/index.js";
import { fromWire } from "../../src/wire.js";
import { FakeClock, settled } from "./clock.js";

/** @import { Frame, Message } from "../../src/types.js" */
/** @import { Wire } from "./wire.js" */

/** A socket whose other end is the test. */
export class ScriptedSocket {
  readyState = 0;
  /** @type {((event: any) => void) | null} */ onopen = null;
  /** @type {((event: any) => void) | null} */ onmessage = null;
  /** @type {((event: any) => void) | null} */ onclose = null;
  /** @type {((event: any) => void) | null} */ onerror = null;
  /** @type {Frame[]} what the client sent and the test has not looked at */
  received = [];
  /** Whether heartbeats are answered behind the test's back. */
  keepsAlive = false;

  /** @param {string} text */
  send(text) {
    const frame = JSON.parse(text);
    if (this.keepsAlive && frame.type === "heartbeat") this.#ack(frame);
    else this.received.push(frame);
  }

  /** @param {Frame} frame */
  #ack({ requestId }) {
    const data = JSON.stringify({ type: "heartbeat_ack", requestId, data: { behind: {} } });
    queueMicrotask(() => this.onmessage?.({ data }));
  }

  close() {
    this.readyState = 3;
  }
}

/** The service, played by the test frame by frame. */
export class Script {
  clock = new FakeClock();
  /** @type {ScriptedSocket[]} */
  sockets = [];
  /** @type {number} what the client's dice show */
  random = 0.5;
  #keepsAlive = false;

  /** For tests that are about something else than heartbeats. */
  keepsAlive() {
    this.#keepsAlive = true;
    return this;
  }

  /** @param {import("../../src/options.js").ConnectOptions} [options] */
  connect(options) {
    const adopt = (/** @type {ScriptedSocket} */ socket) => {
      socket.keepsAlive = this.#keepsAlive;
      this.sockets.push(socket);
    };
    const WebSocket = class extends ScriptedSocket {
      constructor() {
        super();
        adopt(this);
      }
    };
    const { clock } = this;
    const random = () => this.random;
    return connect("ws://service.test/ws/chat", { WebSocket, clock, random, ...options });
  }

  get socket() {
    return /** @type {ScriptedSocket} */ (this.sockets.at(-1));
  }

  /** The latest socket opens. */
  async opens() {
    await settled();
    assert.equal(this.socket?.readyState, 0, "there is a socket to be opened");
    this.socket.readyState = 1;
    this.socket.onopen?.({});
    await settled();
  }

  /** The connection is lost. */
  async closes() {
    this.socket.readyState = 3;
    this.socket.onclose?.({});
    await settled();
  }

  /**
   * The next frame of the client, which must be of this type.
   * @param {string} type
   * @returns {Promise<any>}
   */
  async receives(type) {
    await settled();
    const frame = this.socket.received.shift();
    assert.equal(frame?.type, type);
    return frame;
  }

  async receivesNothing() {
    await settled();
    assert.deepEqual(this.socket.received, []);
  }

  /**
   * @param {object} frame
   */
  async pushes(frame) {
    this.socket.onmessage?.({ data: JSON.stringify(frame) });
    await settled();
  }

  /**
   * @param {Frame} request
   * @param {object} frame
   */
  async answers({ requestId }, frame) {
    assert.ok(requestId, "the request asks for an answer");
    await this.pushes({ requestId, ...frame });
  }

  /**
   * The whole of signing in as alice, with the password or the token.
   * @param {import("../../src/client.js").Chat} chat
   */
  async signsIn(chat) {
    const identity = chat.authenticate({ username: "alice", password: "secret" });
    await this.opens();
    await this.accepts();
    return identity;
  }

  /** The socket opens, and the service accepts what is presented on it. */
  async reopens() {
    await this.opens();
    await this.accepts();
  }

  async accepts(fields = {}) {
    const request = await this.receives("authenticate");
    const data = { ...ALICE, token: `token-${this.sockets.length}`, ...fields };
    await this.answers(request, { type: "auth_success", data });
    return request;
  }
}

export const ALICE = {
  user_id: "u-alice",
  username: "alice",
  expires_at: "2026-01-02T00:00:00.000Z",
};

/**
 * @param {number} seq
 * @param {object} [fields]
 * @returns {Wire<Message>}
 */
export function message(seq, fields = {}) {
  return {
    message_id: `general:${seq}`,
    conversation_id: "general",
    seq,
    user_id: "u-bob",
    username: "bob",
    content: `message ${seq}`,
    type: "text",
    created_at: "2026-01-01T00:00:00.000Z",
    ...fields,
  };
}

/**
 * The message as the client has it.
 * @param {number} seq
 * @param {Partial<Message>} [fields]
 * @returns {Message}
 */
export function known(seq, fields) {
  return { ...fromWire(message(seq)), ...fields };
}

/**
 * @param {number} seq
 * @param {object} [fields]
 */
export function pushed(seq, fields) {
  return { type: "chat_message", data: message(seq, fields) };
}

/**
 * The service's answer to `history`.
 * @param {number[]} seqs
 * @param {boolean} [has_more]
 */
export function page(seqs, has_more = false) {
  const messages = seqs.map((seq) => message(seq));
  return { type: "history", data: { conversation_id: "general", messages, has_more } };
}

/**
 * The answer to `history` of a service that numbers changes.
 * @param {{ messages?: object[], changes?: object[], upTo: number, hasMore?: boolean }} page
 */
export function logPage({ messages = [], changes = [], upTo, hasMore = false }) {
  const data = { conversation_id: "general", messages, changes, up_to: upTo, has_more: hasMore };
  return { type: "history", data };
}

/**
 * The push of a change of the message with the number.
 * @param {number} seq the change's own number
 * @param {number} message
 * @param {object} fields
 */
function changed(seq, message, fields) {
  const place = { conversation_id: "general", seq, message_id: `general:${message}` };
  const by = { user_id: "u-bob", username: "bob" };
  return { type: "message_changed", data: { ...place, by, at: AT, ...fields } };
}

export const AT = "2026-01-01T00:01:00.000Z";

/**
 * @param {number} seq
 * @param {number} message
 * @param {string} content
 * @param {object} [fields]
 */
export function edited(seq, message, content, fields) {
  const edit = { change: "edited", content, type: "text", mentions: [], edited_at: AT };
  return changed(seq, message, { ...edit, version: seq, ...fields });
}

/**
 * @param {number} seq
 * @param {number} message
 */
export function deleted(seq, message) {
  return changed(seq, message, { change: "deleted", content: "", version: seq, deleted_at: AT });
}

/**
 * @param {number} seq
 * @param {number} message
 * @param {number} count how many have reacted by now
 */
export function reacted(seq, message, count) {
  const what = { change: "reacted", reaction: "👍", is_on: true };
  return changed(seq, message, { ...what, reactions: reactions(seq, count) });
}

/**
 * @param {number} version
 * @param {number} count
 */
export function reactions(version, count) {
  return { version, total: count, items: [{ reaction: "👍", count, users: ["bob"] }] };
}

/**
 * Every event of one type, as it comes.
 * @template {keyof import("../../src/events.js").Events} Type
 * @param {import("../../src/client.js").Chat} chat
 * @param {Type} type
 */
export function heard(chat, type) {
  /** @type {import("../../src/events.js").Events[Type][]} */
  const details = [];
  chat.on(type, (detail) => details.push(detail));
  return details;
}

/**
 * What became of a promise, without waiting for it.
 * @param {Promise<any>} promise
 */
export function outcome(promise) {
  /** @type {{ value?: any, error?: any, settled: boolean }} */
  const seen = { settled: false };
  promise.then(
    (value) => Object.assign(seen, { value, settled: true }),
    (error) => Object.assign(seen, { error, settled: true }),
  );
  return seen;
}

/** @param {{ seq: number }[]} messages */
export function seqs(messages) {
  return messages.map(({ seq }) => seq);
}
