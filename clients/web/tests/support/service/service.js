import { changeActions } from "./changes.js";
import { conversationChangeActions } from "./conversation-changes.js";
import { conversationActions } from "./conversations.js";
import { FileStore } from "../file-store.js";
import { fileActions } from "./files.js";
import { Refusal } from "./refusal.js";
import { messageActions } from "./messages.js";
import { moderationActions } from "./moderation.js";
import { notificationActions } from "./notifications.js";
import { Watchers } from "./presence.js";
import { profileActions } from "./profiles.js";

/** @import { Notifications, User } from "../../../src/types.js" */
/** @import { Wire } from "../wire.js" */

/**
 * @typedef {{
 *   send: (text: string) => void, close: () => void, closed: boolean,
 *   owner: string | null, user: Wire<User> | null, expiresAt: number,
 * }} Connection its `owner` is the first user who authenticated on it, for its whole life
 */

/**
 * @typedef {{
 *   conversation_id: string, kind: "group" | "direct", title?: string, created_at: string,
 *   members: Map<string, { role: "owner" | "moderator" | "member", last_read_seq: number, muted_until?: string | undefined, notifications?: Wire<Notifications> }>,
 *   last_seq: number, messages: Map<number, any>, changes: Map<number, import("./log.js").Change>,
 *   bans: Map<string, { banned_at: string, by: Wire<User> }>, slow_seconds: number,
 *   pins: Set<string>, reactions: Map<number, Map<string, Set<string>>>, sealed: Set<number>, sent: Map<string, number>,
 * }} StoredConversation
 */

/** @typedef {{ connection: Connection, frame: any, now: string }} Call */

/**
 * The protocol, spoken from memory: what the client is tested against and the demo runs on. It
 * follows `protocol.md`; what it keeps is gone when it ends.
 */
export class Service {
  /** @type {Map<string, string>} password by username */
  #passwords = new Map();
  /** @type {Map<string, { username: string, expiresAt: number, isOfSession: boolean }>} */
  #tokens = new Map();
  /** @type {Map<string, number>} wrong guesses by username */
  #guesses = new Map();
  /** @type {Set<Connection>} */
  connections = new Set();
  /** @type {Map<string, StoredConversation>} */
  conversations = new Map();
  /** @type {Map<string, number>} counts the changes of each user's list of conversations */
  inboxes = new Map();
  /** @type {Map<string, import("./files.js").StoredUpload>} by attachment */
  uploads = new Map();
  /** @type {Map<string, string>} username by device */
  devices = new Map();
  /** @type {Map<string, string>} by user id */
  displayNames = new Map();
  /** @type {Map<string, string>} base64 by user id */
  pictures = new Map();
  #nextId = 1;

  /**
   * @param {{
   *   clock: import("../../../src/options.js").Clock,
   *   sessionSeconds?: number, heartbeatSeconds?: number, deadlineSeconds?: number,
   *   conversations?: boolean, changes?: boolean, historyLimit?: number, storing?: () => Promise<void>,
   *   files?: boolean, maxUploadBytes?: number, webPushKey?: string,
   *   offlineSeconds?: number, bigRoom?: number, directory?: boolean,
   * }} options `storing` is how long it takes between a number and what is stored under it. Without
   *   `changes` nothing but a message takes a number
   */
  constructor(options) {
    this.options = {
      sessionSeconds: 43_200,
      heartbeatSeconds: 30,
      deadlineSeconds: 30,
      conversations: true,
      changes: true,
      historyLimit: 100,
      storing: async () => {},
      files: true,
      maxUploadBytes: 25_000_000,
      offlineSeconds: 60,
      bigRoom: 500,
      directory: true,
      ...options,
    };
    this.clock = options.clock;
    this.fileStore = new FileStore(options.clock);
    this.watchers = new Watchers(this);
    /** @type {Record<string, (call: Call) => any>} */
    this.actions = {
      authenticate: (call) => this.#authenticate(call),
      sign_out: (call) => this.signOut(this.userOf(call).username, call.connection),
      ...messageActions(this),
      ...(this.options.changes
        ? { ...changeActions(this), ...conversationChangeActions(this), ...moderationActions(this) }
        : {}),
      ...(this.options.conversations
        ? {
            ...conversationActions(this),
            watch_presence: (/** @type {Call} */ call) => this.watchers.watch(call),
          }
        : {}),
      ...(this.options.files ? fileActions(this) : {}),
      ...notificationActions(this),
      ...profileActions(this),
    };
  }

  /**
   * @param {string} username
   * @param {string} [password]
   */
  addUser(username, password = `${username}-password`) {
    this.#passwords.set(username, password);
  }

  usernames() {
    return [...this.#passwords.keys()];
  }

  /** @param {string} username */
  knows(username) {
    return this.#passwords.has(username);
  }

  /**
   * A token as an issuer apart from the service would give out.
   * @param {string} username
   */
  tokenFor(username, isOfSession = false) {
    const token = `token-${username}-${this.#nextId++}`;
    const expiresAt = this.clock.now() + this.options.sessionSeconds * 1000;
    this.#tokens.set(token, { username, expiresAt, isOfSession });
    return { token, expiresAt };
  }

  /**
   * Every session of the user runs out; tokens not used yet are good still.
   * @param {string} username
   */
  expireSessions(username) {
    for (const session of this.#tokens.values()) {
      if (session.username === username && session.isOfSession) session.expiresAt = 0;
    }
    for (const connection of this.connectionsOf([username])) connection.expiresAt = 0;
  }

  /**
   * A connection begins.
   * @param {{ send: (text: string) => void, close: () => void }} peer
   */
  connect(peer) {
    /** @type {Connection} */
    const connection = { ...peer, closed: false, owner: null, user: null, expiresAt: 0 };
    this.connections.add(connection);
    const { heartbeatSeconds, deadlineSeconds } = this.options;
    const connected = { protocol: 1, heartbeat_seconds: heartbeatSeconds };
    this.push(connection, { type: "connected", data: connected });
    this.push(connection, { type: "auth_required", data: { deadline_seconds: deadlineSeconds } });
    this.clock.setTimeout(() => this.#deadline(connection), deadlineSeconds * 1000);
    return connection;
  }

  /** @param {Connection} connection */
  disconnect(connection) {
    connection.closed = true;
    this.connections.delete(connection);
    if (connection.user) this.watchers.left(connection.user.username);
  }

  /**
   * A frame of the client arrives.
   * @param {Connection} connection
   * @param {string} text
   */
  async receive(connection, text) {
    let frame;
    try {
      frame = JSON.parse(text);
      const action = Object.hasOwn(this.actions, frame.type) ? this.actions[frame.type] : null;
      if (!action) throw new Refusal("unknown_type", "There is no such type of frame.");
      const reply = await action({ connection, frame, now: this.time() });
      this.#reply(connection, frame, reply);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#reply(connection, frame, error.frame);
    }
  }

  /**
   * @param {Connection} connection
   * @param {object} frame
   */
  push(connection, frame) {
    if (!connection.closed) connection.send(JSON.stringify(frame));
  }

  /**
   * @param {Iterable<string>} usernames
   * @param {object} frame
   * @param {Connection} [except]
   */
  pushTo(usernames, frame, except) {
    for (const connection of this.connectionsOf(usernames)) {
      if (connection !== except) this.push(connection, frame);
    }
  }

  /** @param {Iterable<string>} usernames */
  connectionsOf(usernames) {
    const wanted = new Set(usernames);
    return [...this.connections].filter(({ user }) => user && wanted.has(user.username));
  }

  /** @param {Call} call */
  userOf({ connection }) {
    const { user, expiresAt } = connection;
    if (!user) throw new Refusal("not_authenticated", "Sign in first.");
    if (expiresAt <= this.clock.now()) throw new Refusal("auth_expired", "Sign in again.");
    return user;
  }

  /** @param {string} username whose list of conversations has changed */
  touchInbox(username) {
    this.inboxes.set(username, (this.inboxes.get(username) ?? 0) + 1);
  }

  time() {
    return new Date(this.clock.now()).toISOString();
  }

  /**
   * @param {string} username
   * @param {Connection} [asking]
   */
  signOut(username, asking) {
    const frame = { type: "signed_out", data: { reason: "signed_out" } };
    for (const [token, session] of this.#tokens) {
      if (session.username === username) this.#tokens.delete(token);
    }
    for (const [device, owner] of this.devices) {
      if (owner === username) this.devices.delete(device);
    }
    for (const connection of this.connectionsOf([username])) {
      connection.user = null;
      this.watchers.left(username);
      if (connection === asking) continue;
      this.push(connection, frame);
      connection.close();
    }
    return frame;
  }

  /** @param {Call} call */
  #authenticate({ connection, frame }) {
    const { username, password, token } = frame.data ?? {};
    const name = token === undefined ? this.#byPassword(username, password) : this.#byToken(token);
    connection.owner ??= name;
    if (connection.owner !== name) {
      const message = "The connection belongs to another user.";
      throw new Refusal("already_authenticated", message, { auth: true });
    }
    const session = this.tokenFor(name, true);
    connection.user = { user_id: `user-${name}`, username: name };
    connection.expiresAt = session.expiresAt;
    this.watchers.came(name);
    const expires_at = new Date(session.expiresAt).toISOString();
    const { webPushKey } = this.options;
    const push = webPushKey ? { web_push_key: webPushKey } : {};
    return {
      type: "auth_success",
      data: { ...connection.user, token: session.token, expires_at, ...push },
    };
  }

  /**
   * @param {string} username
   * @param {string} password
   */
  #byPassword(username, password) {
    const guesses = this.#guesses.get(username) ?? 0;
    if (guesses >= 5) {
      const data = { retry_after_seconds: 60 };
      throw new Refusal("too_many_attempts", "Try again in a minute.", { auth: true, data });
    }
    if (this.#passwords.get(username) === password) return username;
    this.#guesses.set(username, guesses + 1);
    this.clock.setTimeout(() => this.#guesses.delete(username), 60_000);
    throw new Refusal("invalid_credentials", "Wrong name or password.", { auth: true });
  }

  /** @param {string} token */
  #byToken(token) {
    const session = this.#tokens.get(token);
    if (!session) throw new Refusal("invalid_token", "Sign in again.", { auth: true });
    if (session.expiresAt > this.clock.now()) return session.username;
    throw new Refusal("token_expired", "Sign in again.", { auth: true });
  }

  /** @param {Connection} connection */
  #deadline(connection) {
    if (connection.user || connection.closed) return;
    this.push(connection, new Refusal("auth_timeout", "Nobody signed in.").frame);
    connection.close();
  }

  /**
   * What asks for no answer gets an empty frame, as from an API Gateway that has none to pass on.
   * @param {Connection} connection
   * @param {any} frame
   * @param {object | undefined} reply
   */
  #reply(connection, frame, reply) {
    const requestId = frame?.requestId;
    if (requestId === undefined && !reply) {
      if (!connection.closed) connection.send("");
      return;
    }
    this.push(connection, { ...(reply ?? { type: "ack" }), ...(requestId && { requestId }) });
  }
}
