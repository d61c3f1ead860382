import { ParleyError } from "../src/index.js";
import { byId } from "./dom.js";

/** @import { Chat, Identity } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Drafts } from "./drafts.js" */
/** @import { Listing } from "./listing.js" */
/** @import { Login } from "./login.js" */
/** @import { Navigation } from "./navigation.js" */
/** @import { Notifications } from "./notifications/index.js" */
/** @import { Panels } from "./panels.js" */
/** @import { People } from "./people.js" */
/** @import { Sidebar } from "./sidebar.js" */
/** @import { SavedToken } from "./token.js" */

/**
 * @typedef {{
 *   token: SavedToken, login: Login, drafts: Drafts, directory: Directory, listing: Listing,
 *   sidebar: Sidebar, navigation: Navigation, people: People, panels: Panels,
 *   notifications: Notifications,
 * }} Parts
 */

/** After these the user has to sign in again; any other refusal may pass. */
const SESSION_OVER = new Set(["token_expired", "invalid_token", "signed_out"]);

/** Who uses the page: from signing in until signing out. */
export class SignIn {
  #screen = byId("chat", HTMLDivElement);
  /** @type {string | null} whose page this is; another user gets a new one */
  #userId = null;
  #chat;
  #fallback;
  #parts;

  /**
   * @param {Chat} chat
   * @param {string} fallback the conversation to show where the service has no lists of them
   * @param {Parts} parts
   */
  constructor(chat, fallback, parts) {
    this.#chat = chat;
    this.#fallback = fallback;
    this.#parts = parts;
    chat.on("authenticated", (identity) => this.#enter(identity));
    chat.on("signed_out", ({ reason }) => this.#exit(reason));
  }

  /** Signs in with the token of this tab, if it has one. */
  async start() {
    const { token: saved, login, sidebar, listing } = this.#parts;
    const token = saved.read();
    if (!token) return login.show();
    sidebar.showUser(saved.username);
    this.#screen.hidden = false;
    await listing.during(() => this.#resume(token));
  }

  /** The user signs out here; other devices stay signed in. */
  async leave() {
    const { notifications, token, drafts } = this.#parts;
    await notifications.signedOut();
    token.forget();
    this.#chat.close();
    drafts.forgetAll();
    location.reload();
  }

  /** @param {string} token */
  async #resume(token) {
    try {
      await this.#chat.authenticate({ token });
    } catch (error) {
      const isOver = error instanceof ParleyError && SESSION_OVER.has(error.code);
      if (!isOver) throw error;
      // An old token is no more than a reason to ask for the password.
      this.#showLogin();
    }
  }

  /** @param {Identity} identity */
  async #enter({ user_id, username, token }) {
    const { login, sidebar, directory, listing, navigation, people, notifications } = this.#parts;
    this.#parts.token.write(token, username);
    if (this.#userId !== null && (this.#userId !== user_id || this.#isOver)) {
      return location.reload();
    }
    this.#userId = user_id;
    login.hide();
    this.#screen.hidden = false;
    sidebar.showUser(username);
    notifications.signedIn(this.#chat.webPushKey);
    await listing.during(async () => {
      await directory.load(this.#fallback, () => navigation.route());
      notifications.current();
      navigation.route();
      people.refresh();
    });
  }

  /** Whether what is shown belongs to a session that was ended, not one that only ran out. */
  get #isOver() {
    const error = this.#parts.navigation.timeline?.error;
    return error instanceof ParleyError && error.code === "signed_out";
  }

  /** @param {string} reason */
  #exit(reason) {
    const { drafts, notifications, panels } = this.#parts;
    // A session that only ran out is taken up again where it was.
    if (reason !== "token_expired") {
      drafts.forgetAll();
      void notifications.signedOut();
    }
    panels.closeAll();
    this.#showLogin(reason);
  }

  /** @param {string} [reason] why the user is not signed in any more */
  #showLogin(reason) {
    this.#parts.token.forget();
    this.#screen.hidden = true;
    this.#parts.login.show(reason);
  }
}
