import { byId, say } from "./dom.js";
import { problemText } from "./problems.js";

/** Says why something is not shown, and offers to try again. */
export class Failure {
  #problem;
  #retry;

  /**
   * @param {string} name of what is not shown: `name-problem` and `name-retry` are in the page
   * @param {() => unknown} again
   */
  constructor(name, again) {
    this.#problem = byId(`${name}-problem`, HTMLParagraphElement);
    this.#retry = byId(`${name}-retry`, HTMLButtonElement);
    this.#retry.addEventListener("click", () => again());
  }

  get isShown() {
    return !this.#retry.hidden;
  }

  /** @param {unknown} error */
  show(error) {
    this.#retry.hidden = false;
    say(this.#problem, problemText(error));
  }

  /** It is shown, or about to be. */
  clear() {
    if (this.#retry.hidden) return;
    this.#retry.hidden = true;
    say(this.#problem, "");
  }
}
