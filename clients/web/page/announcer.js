import { byId, element } from "./dom.js";

/** More than a screen reader has waiting; older ones have long been read out. */
const KEPT = 10;

/** Says aloud what came in: each message by itself, also one like the message before. */
export class Announcer {
  #region = byId("announcer", HTMLDivElement);

  /** @param {string} text */
  say(text) {
    this.#region.append(element("p", {}, text));
    if (this.#region.childElementCount > KEPT) this.#region.firstElementChild?.remove();
  }
}
