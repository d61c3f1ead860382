/** @import { Core } from "./core.js" */

/**
 * The conversations that the user is no longer in. What is pushed may come late, so no push of a
 * conversation proves that the user is in it: they are back when the service says so.
 */
export class Departures {
  /** @type {Map<string, number>} the last request that was made before, by conversation */
  #gone = new Map();
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** @param {string} conversationId */
  add(conversationId) {
    if (!this.has(conversationId)) this.#gone.set(conversationId, this.#core.lastRequest);
  }

  /** @param {string} conversationId */
  has(conversationId) {
    return this.#gone.has(conversationId);
  }

  /**
   * The service counts the user in. A list that was asked for before they went proves nothing.
   * @param {string} conversationId
   * @param {number} request the list's; Infinity where it is no list that says so
   */
  end(conversationId, request = Infinity) {
    if (request > (this.#gone.get(conversationId) ?? 0)) this.#gone.delete(conversationId);
  }

  forgetAll() {
    this.#gone.clear();
  }
}
