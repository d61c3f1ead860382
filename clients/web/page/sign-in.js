import { ParleyError } from "../src/index.js";
import { byId } from "./dom.js";

/** @import { Chat, Identity, User } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Drafts } from "./drafts.js" */
/** @import { Keeping } from "./keeping.js" */
/** @import { LastShown } from "./last-shown.js" */
/** @import { Listing } from "./listing.js" */
/** @import { Login } from "./login.js" */
/** @import { Navigation } from "./navigation.js" */
/** @import { Notifications } from "./notifications/index.js" */
/** @import { Panels } from "./panels.js" */
/** @import { People } from "./people.js" */
/** @import { Sidebar } from "./sidebar.js" */
/** @import { SavedSession, SavedToken } from "./token.js" */

/**
 * @typedef {{
 *   token: SavedToken, keeping: Keeping, login: Login, drafts: Drafts, directory: Directory,
 *   listing: Listing, sidebar: Sidebar, navigation: Navigation, people: People, panels: Panels,
 *   notifications: Notifications, lastShown: LastShown,
 * }} Parts
 */

/** After these the user has to sign in again; any other refusal may pass. */
const SESSION_OVER = new Set(["token_expired", "invalid_token", "signed_out"]);
/** A session that ran out is taken up again where it was; all others are ended on purpose. */
const RAN_OUT = "token_expired";

/** Who uses the page: from signing in until signing out. */
export class SignIn {
  #screen = byId("chat", HTMLDivElement);
  /** @type {User | null} whose page this is; another user gets a new one */
  #user = null;
  /** @type {string | null} the token that this page had last */
  #latest = null;
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
    parts.token.onEnded(() => this.#forgetAll());
  }

  /** Signs in with the token that was kept, if there is one, and shows what the user last had. */
  async start() {
    const { token, login } = this.#parts;
    const saved = token.read();
    if (!saved) return login.show({ isKept: token.isShared });
    await this.#startAs(saved);
  }

  /** The user is about to sign in. */
  async begin(/** @type {boolean} */ isToBeKept) {
    const { token, keeping } = this.#parts;
    const { user } = token;
    const wasKept = token.isShared;
    token.share(isToBeKept);
    if (wasKept && !isToBeKept) await keeping.forget(user);
  }

  /** The user signs out here; other devices stay signed in. */
  async leave() {
    await this.#parts.notifications.signedOut();
    this.#parts.token.forget();
    await this.#forgetAll();
  }

  /** @param {SavedSession} saved */
  async #startAs({ token, user }) {
    const { sidebar, listing } = this.#parts;
    sidebar.showUser(user);
    this.#screen.hidden = false;
    await listing.during(() => Promise.all([this.#resume(token, user), this.#restore(user)]));
  }

  /**
   * @param {string} token
   * @param {User} user
   */
  async #resume(token, user) {
    const saved = this.#parts.token;
    const whose = saved.isShared ? { user } : {};
    this.#latest = token;
    try {
      // Another tab may have a newer one by the time that it is asked for.
      const latest = () => saved.read()?.token ?? null;
      await this.#chat.authenticate({ token: saved.isShared ? latest : token, ...whose });
    } catch (error) {
      const isOver = error instanceof ParleyError && SESSION_OVER.has(error.code);
      if (!isOver) throw error;
      await this.#end(error.code);
      // An old token is no more than a reason to ask for the password.
      this.#showLogin();
    }
  }

  /**
   * What the user last had on this device, before and without a connection.
   * @param {User} user
   */
  async #restore(user) {
    const { token, keeping, directory, listing, navigation, lastShown } = this.#parts;
    if (!token.isShared) return;
    this.#user ??= user;
    directory.restore(await keeping.begin(user, this.#chat));
    listing.found();
    lastShown.changed();
    navigation.route();
  }

  /** @param {Identity} identity */
  async #enter(identity) {
    const { userId } = identity;
    const { login, sidebar, directory, listing, navigation, people, notifications } = this.#parts;
    this.#parts.token.write(identity);
    this.#latest = identity.token;
    if (this.#user !== null && (this.#user.userId !== userId || this.#isOver)) {
      return location.reload();
    }
    this.#user = identity;
    login.hide();
    this.#screen.hidden = false;
    sidebar.showUser(identity);
    notifications.signedIn(this.#chat.webPushKey);
    void this.#restore(identity);
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
  async #exit(reason) {
    const { token, notifications, panels } = this.#parts;
    const saved = token.read();
    const isRenewed = reason === RAN_OUT && saved && saved.token !== this.#latest;
    if (isRenewed) return this.#resume(saved.token, saved.user);
    if (reason !== RAN_OUT) void notifications.signedOut();
    panels.closeAll();
    await this.#end(reason);
    this.#showLogin(reason);
  }

  /**
   * Keeps no more of the user than is right after such an end.
   * @param {string} reason
   */
  async #end(reason) {
    const { token, keeping } = this.#parts;
    keeping.saved?.forgetMessages();
    if (reason === RAN_OUT) return token.expire();
    token.forget();
    await this.#forget();
  }

  /** Nothing of the user is left here, nor on this page. */
  async #forgetAll() {
    this.#chat.close();
    await this.#forget();
    location.reload();
  }

  async #forget() {
    const { token, keeping, drafts } = this.#parts;
    drafts.forgetAll();
    if (token.isShared) await keeping.forget(this.#user);
  }

  /** @param {string} [reason] why the user is not signed in any more */
  #showLogin(reason) {
    this.#screen.hidden = true;
    this.#parts.login.show({ ...(reason && { reason }), isKept: this.#parts.token.isShared });
  }
}
