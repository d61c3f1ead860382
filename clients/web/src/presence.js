import { ParleyError } from "./errors.js";

/** @import { PresenceView, UserPresence } from "./types.js" */
/** @import { Session } from "./session.js" */

/** @typedef {{ conversationId: string, users?: UserPresence[], onlineCount?: number }} Told */

/** @type {PresenceView} */
const NOTHING = Object.freeze({ users: new Map() });

/**
 * Whom the user watches, and what is known of them. What is known stays while there is no connection,
 * and the watches are renewed on the next one.
 */
export class Presence {
  /** @type {Map<string, string[]>} whom the user watches, by conversation */
  #watched = new Map();
  /** @type {Map<string, PresenceView>} by conversation */
  #views = new Map();
  /** @type {Map<string, Promise<unknown>>} the latest request of each conversation */
  #requests = new Map();
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /**
   * @param {string} conversationId
   * @returns {PresenceView} the same one until something changes
   */
  of(conversationId) {
    return this.#views.get(conversationId) ?? NOTHING;
  }

  /**
   * @param {string} conversationId
   * @param {string[]} userIds
   * @param {AbortSignal} [signal]
   */
  async watch(conversationId, userIds, signal) {
    const wanted = [...new Set(userIds)];
    this.#watched.set(conversationId, wanted);
    this.#drop(conversationId, (userId) => !wanted.includes(userId));
    try {
      await this.#send(conversationId, signal);
    } catch (error) {
      if (this.#watched.get(conversationId) === wanted) this.forget(conversationId);
      throw error;
    }
    return this.of(conversationId);
  }

  /** There is another connection, on which nothing is watched. */
  resume() {
    for (const conversationId of [...this.#watched.keys()]) {
      // A request that waits for a connection renews the watch by itself.
      if (this.#requests.has(conversationId)) continue;
      this.#send(conversationId).catch((error) => this.#failed(conversationId, error));
    }
  }

  /** @param {Told} told by a reply or a push */
  received({ conversationId, users = [], onlineCount }) {
    const watched = this.#watched.get(conversationId);
    if (!watched) return;
    if (onlineCount !== undefined) return this.#count(conversationId, onlineCount);
    const { users: former, onlineCount: formerCount } = this.of(conversationId);
    const changed = users.filter((user) => {
      const known = former.get(user.userId);
      return watched.includes(user.userId) && (!known || isNews(known, user));
    });
    if (!changed.length && formerCount === undefined) return;
    const byId = new Map(former);
    for (const user of changed) byId.set(user.userId, Object.freeze({ ...user }));
    this.#views.set(conversationId, Object.freeze({ users: byId }));
    this.#session.events.emit("presence", { conversationId, users: changed });
  }

  /**
   * The user is no longer in it.
   * @param {string} conversationId
   */
  forget(conversationId) {
    this.#watched.delete(conversationId);
    this.#views.delete(conversationId);
  }

  /** The watches were another user's. */
  forgetAll() {
    this.#watched.clear();
    this.#views.clear();
    this.#requests.clear();
  }

  /**
   * One request after the other, so that the list that counts is the last one.
   * @param {string} conversationId
   * @param {AbortSignal} [signal]
   */
  #send(conversationId, signal) {
    const former = this.#requests.get(conversationId) ?? Promise.resolve();
    const request = former.catch(() => {}).then(() => this.#ask(conversationId, signal));
    this.#requests.set(conversationId, request);
    const end = () => {
      if (this.#requests.get(conversationId) === request) this.#requests.delete(conversationId);
    };
    request.then(end, end);
    return request;
  }

  /**
   * @param {string} conversationId
   * @param {AbortSignal} [signal]
   */
  async #ask(conversationId, signal) {
    /** @type {string[] | undefined} */
    let asked;
    const frame = () => {
      asked = this.#watched.get(conversationId) ?? [];
      return { type: "watch_presence", conversationId, data: { userIds: asked } };
    };
    const { data } = await this.#session.call(frame, { signal });
    if (asked !== this.#watched.get(conversationId)) return;
    // Who is not in the reply is no member.
    const members = new Set(data.users?.map((/** @type {UserPresence} */ user) => user.userId));
    this.#drop(conversationId, (userId) => !members.has(userId));
    if (!asked?.length) this.forget(conversationId);
  }

  /**
   * @param {string} conversationId
   * @param {number} onlineCount
   */
  #count(conversationId, onlineCount) {
    if (this.of(conversationId).onlineCount === onlineCount) return;
    this.#views.set(conversationId, Object.freeze({ users: new Map(), onlineCount }));
    const event = { conversationId, users: [], onlineCount };
    this.#session.events.emit("presence", event);
  }

  /**
   * @param {string} conversationId
   * @param {(userId: string) => boolean} isDropped
   */
  #drop(conversationId, isDropped) {
    const { users, ...rest } = this.of(conversationId);
    const kept = new Map([...users].filter(([userId]) => !isDropped(userId)));
    if (kept.size === users.size) return;
    this.#views.set(conversationId, Object.freeze({ users: kept, ...rest }));
  }

  /**
   * @param {string} conversationId
   * @param {unknown} error
   */
  #failed(conversationId, error) {
    if (error instanceof ParleyError && error.code === "signed_out") return;
    this.forget(conversationId);
    this.#session.events.emit("error", error);
  }
}

/**
 * @param {UserPresence} known
 * @param {UserPresence} told
 */
function isNews(known, told) {
  const isSame = known.isOnline === told.isOnline && known.lastSeenAt === told.lastSeenAt;
  return told.version > known.version || (told.version === known.version && !isSame);
}
