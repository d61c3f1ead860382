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
  /** @param {Chat} chat */
  constructor(chat) {
    super(chat, NOBODY);
  }

  /** @override */
  begin() {
    const look = () => this.update({ state: this.chat.state, user: this.chat.user });
    this.listen({ state: look, authenticated: look, signed_out: look });
    look();
  }
}
