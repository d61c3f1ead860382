import { ParleyError } from "../../src/index.js";
import { plainLetters } from "./folding.js";
import { Lookup } from "./lookup.js";

/** @import { Clock } from "../../src/options.js" */
/** @import { Profile, User } from "../../src/types.js" */

/** As many as one request asks for. */
const AT_ONCE = 50;
/** The service does not push names, so they are asked for again when they are drawn later than this. */
const STALE_MS = 10 * 60_000;

/** @typedef {{ username: string, name: string | null, pictureId: string | null, at: number }} Known */

/**
 * How users are shown: by their display names, as far as those are known, or else by their usernames. To
 * ask for a name is enough: it is looked up, and whoever listens hears of it.
 */
export class Profiles {
  /** @type {Map<string, Known>} by user */
  #known = new Map();
  /** @type {Map<string, Set<string>>} the users whom a text may mean, as plain letters */
  #owners = new Map();
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Lookup | null} */
  #lookup = null;
  /** @type {Clock | null} */
  #clock = null;

  /**
   * From then on names are looked up.
   * @param {(userIds: string[]) => Promise<Profile[]>} load at most 50
   * @param {Clock} clock
   */
  use(load, clock) {
    this.#lookup = new Lookup(AT_ONCE, (userIds) => this.#ask(userIds, load), clock);
    this.#clock = clock;
  }

  /**
   * The name of a user, with the username if another user could be meant by it.
   * @param {User} user
   */
  nameOf({ userId, username }) {
    this.#want(userId);
    return this.#label(userId, this.#known.get(userId), username);
  }

  /**
   * The same, if nothing but the username is known; it is not looked up.
   * @param {string} username
   */
  nameOfUsername(username) {
    for (const [id, known] of this.#known) {
      if (known.username === username) return this.#label(id, known, username);
    }
    return username;
  }

  /**
   * The display name alone; null if the user has none or it is not known yet.
   * @param {string} userId
   */
  displayNameOf(userId) {
    this.#want(userId);
    return this.#known.get(userId)?.name ?? null;
  }

  /**
   * Which picture a user has; null if none, or it is not known yet.
   * @param {string} userId
   */
  pictureIdOf(userId) {
    this.#want(userId);
    return this.#known.get(userId)?.pictureId ?? null;
  }

  /**
   * What the service says of users.
   * @param {readonly Profile[]} users
   */
  note(users) {
    const changed = users.filter((user) => this.#put(user));
    if (changed.length > 0) for (const listener of [...this.#listeners]) listener();
  }

  /**
   * @param {() => void} listener hears of every change of names and pictures
   * @returns {() => void} ends it
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * @param {string} userId
   * @param {Known | undefined} known
   * @param {string} username
   */
  #label(userId, known, username) {
    if (!known?.name) return username;
    const owners = this.#owners.get(plainLetters(known.name));
    const isSure = !owners || [...owners].every((owner) => owner === userId);
    return isSure ? known.name : `${known.name} (@${username})`;
  }

  /**
   * @param {Profile} user
   * @returns whether users look different now
   */
  #put({ userId, username, displayName, pictureId: picture }) {
    const before = this.#known.get(userId);
    const name = displayName ?? null;
    const pictureId = picture ?? null;
    this.#known.set(userId, { username, name, pictureId, at: this.#now });
    this.#lookup?.forget(userId);
    if (before?.name) this.#owners.get(plainLetters(before.name))?.delete(userId);
    const texts = name ? [username, name] : [username];
    const isShared = texts.map((text) => this.#own(text, userId)).includes(true);
    const isOther = (before?.name ?? null) !== name || (before?.pictureId ?? null) !== pictureId;
    return isShared || isOther;
  }

  /**
   * @param {string} text
   * @param {string} userId
   * @returns whether others are called so, too, which was not known before
   */
  #own(text, userId) {
    const letters = plainLetters(text);
    const owners = this.#owners.get(letters) ?? new Set();
    this.#owners.set(letters, owners);
    if (owners.has(userId)) return false;
    return owners.add(userId).size > 1;
  }

  /** @param {string} userId */
  #want(userId) {
    if (!userId || this.#isFresh(userId) || this.#lookup?.has(userId)) return;
    this.#lookup?.want(userId);
  }

  /** @param {string} userId */
  #isFresh(userId) {
    const known = this.#known.get(userId);
    return known !== undefined && this.#now - known.at < STALE_MS;
  }

  /**
   * @param {string[]} userIds
   * @param {(userIds: string[]) => Promise<Profile[]>} load
   */
  async #ask(userIds, load) {
    try {
      this.note(await load(userIds));
    } catch (error) {
      if (error instanceof ParleyError && error.code === "unknown_type") this.#lookup = null;
      // What failed is asked for again once it is stale.
      else console.warn(error);
    }
    for (const userId of userIds) this.#settle(userId);
  }

  /**
   * Who was not found is not asked for in a circle.
   * @param {string} userId
   */
  #settle(userId) {
    if (this.#isFresh(userId)) return;
    const { username = "", name = null, pictureId = null } = this.#known.get(userId) ?? {};
    this.#known.set(userId, { username, name, pictureId, at: this.#now });
  }

  get #now() {
    return this.#clock?.monotonic() ?? 0;
  }
}

/** Those of the page. */
export const profiles = new Profiles();
