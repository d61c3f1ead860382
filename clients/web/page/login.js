import { byId, say } from "./dom.js";
import { problemText } from "./problems.js";
import { words } from "./words/index.js";

/** @import { Chat } from "../src/index.js" */

/**
 * Why a user is not signed in any more, where there is more to say than that.
 * @type {Record<string, "problem.token_expired" | "problem.invalid_token">}
 */
const REASONS = {
  token_expired: "problem.token_expired",
  invalid_token: "problem.invalid_token",
};

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
    if (elsewhere) {
      say(byId("login-place", HTMLParagraphElement), words("login.place", { address: elsewhere }));
    }
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#retry.addEventListener("click", () => this.#tryNow());
    chat.on("state", ({ state }) => {
      this.#sayReach(state === "offline" ? words("login.unreachable") : "");
    });
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
    say(this.#problem, reason ? words(REASONS[reason] ?? "login.signed_out") : "");
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
      say(this.#problem, problemText(error));
      this.#password.select();
    } finally {
      this.#setBusy(false);
    }
  }

  /** @param {HTMLInputElement} input */
  #askFor(input) {
    const isName = input === this.#username;
    say(this.#problem, words(isName ? "login.ask_username" : "login.ask_password"));
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
    if (!this.#button.disabled) this.#sayReach(isThere ? "" : words("login.no_network"));
  }

  /** @param {string} text */
  #sayReach(text) {
    say(this.#status, this.#page.hidden ? "" : text);
    this.#retry.hidden = this.#page.hidden || text === "";
  }

  /** @param {boolean} isBusy */
  #setBusy(isBusy) {
    this.#button.disabled = isBusy;
    say(this.#button, words(isBusy ? "login.signing_in" : "login.sign_in"));
  }

  #offerDemoUsers() {
    this.#username.placeholder = words("login.demo_names");
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
