import { ParleyError } from "../src/index.js";
import { byId, say } from "./dom.js";

/** @import { Chat } from "../src/index.js" */

/** @type {Record<string, string>} */
const PROBLEMS = {
  invalid_credentials: "There is no user with this name and password.",
  token_expired: "Your session has run out. Sign in again.",
  invalid_token: "Your session has ended. Sign in again.",
};
const NO_SERVICE = "The service cannot be reached. Trying again…";
const NO_NETWORK = "There is no network. You can sign in once it is back.";

/** The way in. */
export class Login {
  #page = byId("login", HTMLElement);
  #form = byId("login-form", HTMLFormElement);
  #username = byId("username", HTMLInputElement);
  #password = byId("password", HTMLInputElement);
  #keep = byId("login-keep", HTMLDivElement);
  #keepBox = byId("login-keep-box", HTMLInputElement);
  #button = byId("login-button", HTMLButtonElement);
  #problem = byId("login-problem", HTMLParagraphElement);
  #status = byId("login-status", HTMLParagraphElement);
  #retry = byId("login-retry", HTMLButtonElement);
  #chat;
  #onSubmit;

  /**
   * @param {Chat} chat
   * @param {{
   *   hasDemoUsers: boolean, elsewhere: string | null, canKeep: boolean,
   *   onSubmit: (isToBeKept: boolean) => void,
   * }} options `elsewhere` is the service's address where that is not on the page's own host: people
   *   shall know. `canKeep`: a user can stay signed in. `onSubmit` hears whether the user, who is
   *   about to sign in, wants that
   */
  constructor(chat, { hasDemoUsers, elsewhere, canKeep, onSubmit }) {
    this.#chat = chat;
    this.#onSubmit = onSubmit;
    this.#keep.hidden = !canKeep;
    if (elsewhere) say(byId("login-place", HTMLParagraphElement), `on ${elsewhere}`);
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#retry.addEventListener("click", () => this.#tryNow());
    chat.on("state", ({ state }) => this.#sayReach(state === "offline" ? NO_SERVICE : ""));
    for (const type of ["online", "offline"]) window.addEventListener(type, () => this.#look());
    if (hasDemoUsers) this.#offerDemoUsers();
  }

  /**
   * @param {{ reason?: string, isKept?: boolean }} [shown] `reason`: why the user is not signed in
   *   any more. `isKept`: the user wanted to stay signed in
   */
  show({ reason, isKept = false } = {}) {
    this.#setBusy(false);
    this.#page.hidden = false;
    this.#keepBox.checked = isKept;
    say(this.#problem, reason ? (PROBLEMS[reason] ?? "You have been signed out.") : "");
    (this.#username.value ? this.#password : this.#username).focus();
    void this.#look();
  }

  hide() {
    this.#setBusy(false);
    this.#page.hidden = true;
    this.#password.value = "";
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const username = this.#username.value.trim();
    const password = this.#password.value;
    if (!username || !password) return this.#askFor(username ? this.#password : this.#username);
    say(this.#problem, "");
    this.#setBusy(true);
    this.#onSubmit(this.#keepBox.checked);
    try {
      await this.#chat.authenticate({ username, password });
    } catch (error) {
      say(this.#problem, problemOf(error));
      this.#password.select();
    } finally {
      this.#setBusy(false);
    }
  }

  /** @param {HTMLInputElement} input */
  #askFor(input) {
    say(this.#problem, input === this.#username ? "Who are you?" : "What is your password?");
    input.focus();
  }

  #tryNow() {
    if (this.#button.disabled) this.#chat.wake();
    else void this.#look();
  }

  /** Whether signing in has a chance: nothing else of this page needs the network yet. */
  async #look() {
    if (this.#page.hidden || this.#button.disabled) return;
    const isThere = navigator.onLine && (await isServerThere());
    if (!this.#button.disabled) this.#sayReach(isThere ? "" : NO_NETWORK);
  }

  /** @param {string} text */
  #sayReach(text) {
    say(this.#status, this.#page.hidden ? "" : text);
    this.#retry.hidden = this.#page.hidden || text === "";
  }

  /** @param {boolean} isBusy */
  #setBusy(isBusy) {
    this.#button.disabled = isBusy;
    say(this.#button, isBusy ? "Signing in…" : "Sign in");
  }

  #offerDemoUsers() {
    this.#username.placeholder = "alice, bob or carol";
    this.#password.placeholder = "alice-demo-password";
    const demo = byId("demo", HTMLDivElement);
    demo.hidden = false;
    for (const chip of /** @type {NodeListOf<HTMLElement>} */ (
      demo.querySelectorAll("[data-demo]")
    )) {
      chip.addEventListener("click", () => this.#fill(chip.dataset["demo"] ?? ""));
    }
  }

  /** @param {string} name */
  #fill(name) {
    this.#username.value = name;
    this.#password.value = `${name}-demo-password`;
    this.#button.focus();
  }
}

/** Whether the page came from there a moment ago, or else can be had from there now. */
async function isServerThere() {
  // Without a service worker it came from the network.
  if (!navigator.serviceWorker?.controller) return true;
  try {
    await fetch(location.href, { method: "HEAD", cache: "no-store" });
    return true;
  } catch {
    return false;
  }
}

/** @param {unknown} error */
function problemOf(error) {
  if (!(error instanceof ParleyError)) return String(error);
  const seconds = error.retryAfterSeconds;
  if (seconds !== undefined)
    return `Too many attempts. Try again in ${Math.ceil(seconds)} seconds.`;
  return PROBLEMS[error.code] ?? error.message;
}
