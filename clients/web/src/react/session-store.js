import { Store } from "./store.js";

/** @import { Chat, State, User } from "../index.js" */

/** @typedef {Readonly<{ state: State, user: User | null }>} SessionView */

/** @type {SessionView} */
const NOBODY = Object.freeze({ state: "signed_out", user: null });

/**
 * Who is signed in, and how the connection is.
 * @extends {Store<SessionView>}
 */
export class SessionStore extends Store {
  #view = NOBODY;

  /** @param {Chat} chat */
  constructor(chat) {
    super(chat, NOBODY);
  }

  /**
   * Read from the chat, so that a user who signed in before is there at the first render.
   * @override
   */
  getSnapshot = () => {
    const { state, user } = this.chat;
    const isSame = state === this.#view.state && user === this.#view.user;
    return isSame ? this.#view : (this.#view = Object.freeze({ state, user }));
  };

  /** @override */
  begin() {
    const notify = () => this.notify();
    this.listen({ state: notify, authenticated: notify, signed_out: notify });
  }
}
