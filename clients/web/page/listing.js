import { byId, say } from "./dom.js";
import { problemText } from "./problems.js";
import { words } from "./words/index.js";

/** @import { Directory } from "./directory.js" */

/** An answer that takes longer than this is worth a word. */
const PATIENCE_MS = 5_000;

/** Has the list of conversations loaded, and says how that goes where there is nothing to show. */
export class Listing {
  #box = byId("listing", HTMLDivElement);
  #skeleton = byId("listing-skeleton", HTMLDivElement);
  #text = byId("listing-text", HTMLParagraphElement);
  #problem = byId("listing-problem", HTMLParagraphElement);
  #retry = byId("listing-retry", HTMLButtonElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Counts the attempts: of any but the latest nothing is said. */
  #attempt = 0;
  /** @type {() => unknown} */
  #again = () => {};
  #directory;

  /** @param {Directory} directory */
  constructor(directory) {
    this.#directory = directory;
    this.#retry.addEventListener("click", () => this.#again());
  }

  /**
   * Does what brings the list, and says so meanwhile; what fails can be tried again.
   * @param {() => Promise<unknown>} act
   */
  async during(act) {
    const attempt = ++this.#attempt;
    this.#again = () => this.during(act);
    this.#begin();
    try {
      await act();
      if (attempt === this.#attempt) this.#end();
    } catch (error) {
      console.warn(error);
      if (attempt === this.#attempt) this.#fail(error);
    }
  }

  /** There is something to show by now. */
  found() {
    if (this.#retry.hidden && this.#hasSome) this.#end();
  }

  get #hasSome() {
    return this.#directory.entries.length > 0;
  }

  #begin() {
    this.#end();
    // Where there is a list already, it is looked through without a word.
    if (this.#hasSome) return;
    this.#box.hidden = this.#skeleton.hidden = false;
    say(this.#text, words("listing.loading"));
    this.#timer = setTimeout(() => say(this.#text, words("listing.still_loading")), PATIENCE_MS);
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#end();
    this.#box.hidden = this.#retry.hidden = false;
    say(this.#problem, words("listing.failed", { reason: problemText(error) }));
  }

  #end() {
    clearTimeout(this.#timer);
    this.#box.hidden = this.#skeleton.hidden = this.#retry.hidden = true;
    say(this.#text, "");
    say(this.#problem, "");
  }
}
