import { membership } from "./messages.js";
import { Refusal } from "./refusal.js";

/** @import { Call, Connection, Service, StoredConversation } from "./service.js" */

/** How many users a connection watches. */
const MOST = 100;

/** Who is online, and who watches whom. Of each user the watchers know the last version. */
export class Watchers {
  /** @type {Map<Connection, Map<StoredConversation, string[]>>} names by watching connection */
  #watches = new Map();
  /** @type {Map<string, { is_online: boolean, version: number, last_seen_at?: string }>} by name */
  #known = new Map();
  #service;

  /** @param {Service} service */
  constructor(service) {
    this.#service = service;
  }

  /** @param {Call} call */
  watch(call) {
    const { conversation } = membership(this.#service, call, call.frame.conversationId);
    const { conversation_id, members } = conversation;
    if (members.size > this.#service.options.bigRoom) {
      const online = [...members.keys()].filter((name) => this.#isOnline(name));
      return { type: "presence", data: { conversation_id, online_count: online.length } };
    }
    const names = [...members.keys()].filter((name) =>
      call.frame.data.user_ids.includes(`user-${name}`),
    );
    const own = new Map(this.#watches.get(call.connection)).set(conversation, names);
    if ([...own.values()].flat().length > MOST) throw new Refusal("conflict", "Too many.");
    this.#watches.set(call.connection, own);
    const users = names.map((name) => this.#stateOf(name));
    return { type: "presence", data: { conversation_id, users } };
  }

  /** @param {string} name of a user with one more connection */
  came(name) {
    if (this.#known.get(name)?.is_online === false) this.#tell(name, { is_online: true });
  }

  /** @param {string} name of a user with one connection less */
  left(name) {
    const { clock, options } = this.#service;
    const last_seen_at = this.#service.time();
    const look = () => {
      const isNews = this.#known.get(name)?.is_online && !this.#isOnline(name);
      if (isNews) this.#tell(name, { is_online: false, last_seen_at });
    };
    clock.setTimeout(look, options.offlineSeconds * 1000);
  }

  /**
   * @param {string} name
   * @param {{ is_online: boolean, last_seen_at?: string }} state
   */
  #tell(name, state) {
    this.#known.set(name, { ...state, version: (this.#known.get(name)?.version ?? 0) + 1 });
    for (const [connection, watched] of this.#watches) {
      for (const [{ conversation_id, members }, names] of watched) {
        const isWatched = names.includes(name) && members.has(name);
        if (!isWatched || !connection.user || !members.has(connection.user.username)) continue;
        const data = { conversation_id, users: [this.#stateOf(name)] };
        this.#service.push(connection, { type: "presence", data });
      }
    }
  }

  /** @param {string} name */
  #isOnline(name) {
    return this.#service.connectionsOf([name]).length > 0;
  }

  /** @param {string} name */
  #stateOf(name) {
    const state = this.#known.get(name) ?? { is_online: this.#isOnline(name), version: 1 };
    this.#known.set(name, state);
    return { user_id: `user-${name}`, ...state };
  }
}
