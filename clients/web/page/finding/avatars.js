import { Lookup } from "./lookup.js";
import { profiles } from "./profiles.js";

/** @import { Clock } from "../../src/options.js" */
/** @import { Profile } from "../../src/types.js" */

/** Larger replies would be split. */
const AT_ONCE = 6;
/** After a failure. */
const AGAIN_MS = 60_000;
/** So many pictures that are not on the page are kept, for the next time. */
const KEPT = 200;

/** @typedef {{ pictureId: string, url: string }} Kept */

/**
 * The pictures of users, as URLs. To ask for one is enough: it is loaded, and those who watch its
 * user hear of it.
 */
export class Avatars {
  /** @type {Map<string, Kept>} by user, those shown last at the end */
  #kept = new Map();
  /** @type {Map<string, Set<() => void>>} by user */
  #watchers = new Map();
  /** @type {Map<string, { pictureId: string, at: number }>} by user, what was asked for last */
  #asked = new Map();
  /** @type {Lookup | null} */
  #lookup = null;
  /** @type {Clock | null} */
  #clock = null;

  constructor(names = profiles) {
    this.names = names;
    names.onChange(() => this.#changed(this.#watchers.keys()));
  }

  /**
   * From then on pictures are loaded.
   * @param {(userIds: string[]) => Promise<Profile[]>} load with pictures
   * @param {Clock} clock
   */
  use(load, clock) {
    this.#lookup = new Lookup(AT_ONCE, (userIds) => this.#ask(userIds, load), clock);
    this.#clock = clock;
  }

  /**
   * The picture of a user as far as it is known, or the one before while the next one is loaded.
   * @param {string} userId
   * @returns {string | null}
   */
  urlOf(userId) {
    const pictureId = this.names.pictureIdOf(userId);
    if (pictureId === null) this.#drop(userId);
    else if (this.#kept.get(userId)?.pictureId !== pictureId) this.#want(userId, pictureId);
    return this.#kept.get(userId)?.url ?? null;
  }

  /**
   * What the service says of users who were asked for with their pictures.
   * @param {readonly Profile[]} users
   */
  note(users) {
    for (const user of users) this.#put(user);
    this.names.note(users);
    this.#changed(users.map(({ userId }) => userId));
  }

  /**
   * Keeps the picture of a user while it is on the page.
   * @param {string} userId
   * @param {() => void} onChange
   * @returns {() => void} ends it
   */
  watch(userId, onChange) {
    const watchers = this.#watchers.get(userId) ?? new Set();
    this.#watchers.set(userId, watchers.add(onChange));
    return () => {
      watchers.delete(onChange);
      if (watchers.size > 0) return;
      this.#watchers.delete(userId);
      this.#renew(userId);
      this.#dropOldest();
    };
  }

  /**
   * @param {string} userId
   * @param {string} pictureId
   */
  #want(userId, pictureId) {
    const asked = this.#asked.get(userId);
    const isAsked = asked?.pictureId === pictureId && this.#now - asked.at < AGAIN_MS;
    if (isAsked || !this.#lookup) return;
    this.#asked.set(userId, { pictureId, at: this.#now });
    this.#lookup.want(userId);
  }

  /**
   * @param {string[]} userIds
   * @param {(userIds: string[]) => Promise<Profile[]>} load
   */
  async #ask(userIds, load) {
    try {
      this.note(await load(userIds));
    } catch (error) {
      // The initials stay.
      console.warn(error);
    }
  }

  /** @param {Profile} profile */
  #put({ userId, pictureId, picture }) {
    this.#drop(userId);
    if (!pictureId || !picture) return;
    this.#kept.set(userId, { pictureId, url: URL.createObjectURL(picture) });
    this.#dropOldest();
  }

  /**
   * What was shown last is dropped last.
   * @param {string} userId
   */
  #renew(userId) {
    const kept = this.#kept.get(userId);
    this.#kept.delete(userId);
    if (kept) this.#kept.set(userId, kept);
  }

  #dropOldest() {
    const unused = [...this.#kept.keys()].filter((userId) => !this.#watchers.has(userId));
    for (const userId of unused.slice(0, -KEPT)) this.#drop(userId);
  }

  /** @param {string} userId */
  #drop(userId) {
    const kept = this.#kept.get(userId);
    if (!kept) return;
    URL.revokeObjectURL(kept.url);
    this.#kept.delete(userId);
    this.#asked.delete(userId);
  }

  /** @param {Iterable<string>} userIds */
  #changed(userIds) {
    for (const userId of [...userIds]) {
      for (const watcher of [...(this.#watchers.get(userId) ?? [])]) watcher();
    }
  }

  get #now() {
    return this.#clock?.monotonic() ?? 0;
  }
}

/** Those of the page. */
export const avatars = new Avatars();
