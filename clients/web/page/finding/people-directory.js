import { ParleyError } from "../../src/index.js";
import { profiles } from "./profiles.js";

/** @import { Chat, Profile } from "../../src/index.js" */

/** One letter would find half of the people. */
const LEAST = 2;
const WAIT_MS = 250;

/** Finds people with whom the user shares no conversation, if the service has a directory of them. */
export class PeopleDirectory {
  /** @type {Profile[]} whom the last answer had */
  found = [];
  #isThere = true;
  #timer = 0;
  #stop = new AbortController();
  #chat;

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat;
  }

  /**
   * Once nothing else was typed for a moment.
   * @param {string} typed
   * @param {() => void} onFound
   */
  look(typed, onFound) {
    clearTimeout(this.#timer);
    this.#stop.abort();
    const prefix = typed.trim().replace(/^@/, "");
    const isEnough = prefix.length >= LEAST && prefix.length <= 64;
    if (!isEnough || !this.#isThere || this.#chat.state !== "online") return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.#timer = window.setTimeout(() => void this.#ask(prefix, signal, onFound), WAIT_MS);
  }

  /**
   * @param {string} prefix
   * @param {AbortSignal} signal
   * @param {() => void} onFound
   */
  async #ask(prefix, signal, onFound) {
    try {
      const { people } = await this.#chat.findPeople(prefix, { signal });
      this.found = people;
      profiles.note(people);
      onFound();
    } catch (error) {
      if (error instanceof ParleyError && error.code === "unknown_type") this.#isThere = false;
      else if (!signal.aborted) console.warn(error);
    }
  }
}
