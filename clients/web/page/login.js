import { ParleyError } from "../src/index.js";
import { byId, say } from "./dom.js";

/** @import { Chat } from "../src/index.js" */

/** @type {Record<string, string>} */
const PROBLEMS = {
  invalid_credentials: "There is no user with this name and password.",
  token_expired: "Your session has run out. Sign in again.",
  invalid_token: "Your session has ended. Sign in again.",
};

/** The way in. */
export class Login {
  #page = byId("login", HTMLElement);
  #form = byId("login-form", HTMLFormElement);
  #username = byId("username", HTMLInputElement);
  #password = byId("password", HTMLInputElement);
  #button = byId("login-button", HTMLButtonElement);
  #problem = byId("login-problem", HTMLParagraphElement);
  #status = byId("login-status", HTMLParagraphElement);
  #chat;

  /**
   * @param {Chat} chat
   * @param {{ hasDemoUsers: boolean, elsewhere: string | null }} options `elsewhere` is the
   *   service's address where that is not on the page's own host: people shall know
   */
  constructor(chat, { hasDemoUsers, elsewhere }) {
    this.#chat = chat;
    if (elsewhere) say(byId("login-place", HTMLParagraphElement), `on ${elsewhere}`);
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    chat.on("state", ({ state }) => {
      const isAway = state === "offline" && !this.#page.hidden;
      say(this.#status, isAway ? "The service cannot be reached. Trying again…" : "");
    });
    if (hasDemoUsers) this.#offerDemoUsers();
  }

  /** @param {string} [reason] why the user is not signed in any more */
  show(reason) {
    this.#setBusy(false);
    this.#page.hidden = false;
    say(this.#problem, reason ? (PROBLEMS[reason] ?? "You have been signed out.") : "");
    (this.#username.value ? this.#password : this.#username).focus();
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

/** @param {unknown} error */
function problemOf(error) {
  if (!(error instanceof ParleyError)) return String(error);
  const seconds = error.retryAfterSeconds;
  if (seconds !== undefined)
    return `Too many attempts. Try again in ${Math.ceil(seconds)} seconds.`;
  return PROBLEMS[error.code] ?? error.message;
}
