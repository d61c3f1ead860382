import { sharedStorage, tabStorage } from "./storage.js";

/** @import { Identity, User } from "../src/index.js" */
/** @import { TabStorage } from "./storage.js" */

/** @typedef {{ token: string, user: User }} SavedSession */

/**
 * The session's token. It is kept for this tab, so that a reload signs in again by itself, while
 * another tab, another user of the machine, or the next visit does not. If the user wants to stay
 * signed in, it is kept for all tabs and later visits instead. It is given to the service that gave
 * it out and to no other. What a script of this page can read, a script smuggled into it could: so
 * nothing here is ever parsed as HTML, and the page is served with a policy that runs its own
 * scripts only.
 */
export class SavedToken {
  #key;
  #tab;
  #shared;
  #isShared;
  /** @type {string | undefined} whose page this is */
  #userId;

  /**
   * @param {string} address the service's
   * @param {{ tab?: TabStorage, shared?: TabStorage | null }} [storages]
   */
  constructor(address, { tab = tabStorage(), shared = sharedStorage() } = {}) {
    this.#key = `parley-token ${address}`;
    this.#tab = tab;
    this.#shared = shared;
    this.#isShared = !recordIn(tab, this.#key) && Boolean(this.#sharedRecord);
    this.#userId = this.user?.userId;
  }

  /** Whether there is a place that all tabs share. */
  get canBeShared() {
    return this.#shared !== null;
  }

  /** Whether the user of this tab wants to stay signed in. */
  get isShared() {
    return this.#isShared;
  }

  /** @param {boolean} isShared what the user wants, who is about to sign in */
  share(isShared) {
    if (isShared === this.#isShared) return;
    this.forget();
    this.#isShared = isShared && this.canBeShared;
  }

  /**
   * Whose token there is or was, until they sign out.
   * @returns {User | null}
   */
  get user() {
    return this.#record?.user ?? null;
  }

  /** @returns {SavedSession | null} */
  read() {
    const { token, user } = this.#record ?? {};
    return token && user ? { token, user } : null;
  }

  /** @param {Pick<Identity, "token" | "userId" | "username">} identity */
  write({ token, userId, username }) {
    this.#userId = userId;
    this.#set({ token, user: { userId, username } });
  }

  /** The token is of no use any more; a user who wants to stay signed in may sign in again. */
  expire() {
    const { user } = this;
    if (user && this.#isShared) this.#set({ token: "", user });
    else this.forget();
  }

  forget() {
    this.#tab.removeItem(this.#key);
    if (this.#isShared) this.#shared?.removeItem(this.#key);
  }

  /**
   * Calls the listener when the user of this tab signs out in another one, or somebody else signs in.
   * @param {() => void} listener
   */
  onEnded(listener) {
    window.addEventListener("storage", ({ key }) => {
      const isOurs = this.#isShared && (key === this.#key || key === null);
      if (isOurs && this.#userId !== this.user?.userId) listener();
    });
  }

  /** @param {SavedSession} session */
  #set(session) {
    const storage = this.#isShared ? this.#shared : this.#tab;
    try {
      storage?.setItem(this.#key, JSON.stringify(session));
    } catch {
      // The storage is full: a reload asks for the password.
    }
  }

  get #record() {
    return this.#isShared ? this.#sharedRecord : recordIn(this.#tab, this.#key);
  }

  get #sharedRecord() {
    return this.#shared && recordIn(this.#shared, this.#key);
  }
}

/**
 * @param {TabStorage} storage
 * @param {string} key
 * @returns {SavedSession | null}
 */
function recordIn(storage, key) {
  try {
    const record = JSON.parse(storage.getItem(key) ?? "null");
    return typeof record?.user?.userId === "string" ? record : null;
  } catch {
    return null;
  }
}
