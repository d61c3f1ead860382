import { ParleyError } from "../src/index.js";

/** @import { Chat, Credentials, ErrorCode, Identity } from "../src/index.js" */
/** @import { SavedToken } from "../page/token.js" */

/** @typedef {string | (() => string | null | Promise<string | null>)} TokenSource */

/**
 * - `form`: the user has to type a name and a password
 * - `entering`: it is being found out whether the service accepts the user
 * - `in`: the user is signed in
 * - `ended`: the page's token is not accepted, or no longer
 * @typedef {"form" | "entering" | "in" | "ended"} Stage
 */

/** These say only that something else came first. */
const SILENT = new Set(["closed", "superseded"]);

/**
 * Who uses the element. The page says so by a token or a function that fetches one. A page that does
 * neither lets the user sign in with a password; then the session is kept for this tab.
 */
export class SignIn {
  /** @type {Stage} */
  stage = "entering";
  /** @type {unknown} why the user is not signed in */
  error = null;
  #chat;
  #source;
  #saved;
  #onChange;

  /**
   * @param {Chat} chat
   * @param {TokenSource | null} source
   * @param {SavedToken} saved
   * @param {() => void} onChange
   */
  constructor(chat, source, saved, onChange) {
    this.#chat = chat;
    this.#source = source;
    this.#saved = saved;
    this.#onChange = onChange;
    chat.on("authenticated", (identity) => this.#entered(identity));
    chat.on("signed_out", ({ reason }) => this.#exited(endedError(reason)));
  }

  /** Whether the user signed in here, and not by the page. */
  get isOwn() {
    return this.#source === null;
  }

  start() {
    const token = this.#source ?? this.#saved.read()?.token;
    if (token) void this.#enter({ token });
    else this.#set("form");
  }

  /**
   * @param {string} username
   * @param {string} password
   */
  submit(username, password) {
    void this.#enter({ username, password });
  }

  /** The user signs out here; other devices stay signed in. */
  leave() {
    this.#saved.forget();
  }

  /** @param {Credentials} credentials */
  async #enter(credentials) {
    this.#set("entering");
    try {
      await this.#chat.authenticate(credentials);
    } catch (error) {
      const isSilent = error instanceof ParleyError && SILENT.has(error.code);
      if (!isSilent) this.#exited(error);
    }
  }

  /** @param {Identity} identity */
  #entered(identity) {
    if (this.isOwn) this.#saved.write(identity);
    this.#set("in");
  }

  /** @param {unknown} error */
  #exited(error) {
    if (this.isOwn) this.#saved.forget();
    this.#set(this.isOwn ? "form" : "ended", error);
  }

  /**
   * @param {Stage} stage
   * @param {unknown} [error]
   */
  #set(stage, error = null) {
    this.stage = stage;
    this.error = error;
    this.#onChange();
  }
}

/** @param {string} reason */
function endedError(reason) {
  return new ParleyError(/** @type {ErrorCode} */ (reason), "The session has ended.");
}
