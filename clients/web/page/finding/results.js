import { Fragment, h, render } from "preact";

import { briefly, fullDate } from "../dates.js";
import { numberText, words } from "../words/index.js";
import { excerptOf } from "./hits.js";
import { named } from "./name-view.js";
import { profiles } from "./profiles.js";
import { lead, letTabIn } from "./roving.js";

/** @import { Message } from "../../src/index.js" */

const BUTTONS = "button.result";

/** The messages that a search has found. */
export class Results {
  #list;
  #onChoose;

  /**
   * @param {HTMLElement} list
   * @param {(message: Message) => void} onChoose
   */
  constructor(list, onChoose) {
    this.#list = list;
    this.#onChoose = onChoose;
    lead(list, BUTTONS);
  }

  /**
   * @param {Message[]} messages
   * @param {string} text
   * @param {string | null} chosen the id of the message that was chosen last
   */
  show(messages, text, chosen) {
    const rows = messages.map((message) => this.#row(message, text, chosen));
    render(h(Fragment, null, ...rows), this.#list);
    letTabIn(this.#list, BUTTONS);
  }

  /**
   * @param {number} index
   * @returns whether there is one
   */
  focus(index) {
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = this.#list.querySelectorAll(BUTTONS);
    const button = buttons[index];
    button?.focus();
    return Boolean(button);
  }

  /**
   * @param {Message} message
   * @param {string} text
   * @param {string | null} chosen
   */
  #row(message, text, chosen) {
    const { messageId, content, createdAt } = message;
    const at = new Date(createdAt);
    const attributes = {
      class: "result",
      type: "button",
      "aria-current": messageId === chosen ? "true" : undefined,
      onclick: () => this.#onChoose(message),
    };
    return h(
      "li",
      { key: messageId },
      h(
        "button",
        attributes,
        h(
          "span",
          { class: "result-author", dir: "auto" },
          named(() => profiles.nameOf(message)),
        ),
        h(
          "time",
          { class: "small soft", datetime: at.toISOString(), title: fullDate(at) },
          briefly(at, new Date()),
        ),
        h(
          "span",
          { class: "result-text", dir: "auto" },
          ...excerptOf(content, text).map(({ text: piece, isHit }) =>
            isHit ? h("mark", null, piece) : piece,
          ),
        ),
      ),
    );
  }
}

/**
 * How a search goes, in words.
 * @param {import("./searching.js").Searching} searching
 * @param {{ isOnline: boolean, share: number, since: string | null }} known
 */
export function statusOf(searching, { isOnline, share, since }) {
  const { text, messages, isBusy, isWhole, cursor } = searching;
  const count = messages.length;
  if (text === "") return "";
  if (isBusy && !isOnline) return words("search.waiting");
  if (isBusy && cursor === undefined) return words("search.searching");
  if (isBusy) return words("search.so_far", { percent: numberText(share, { style: "percent" }) });
  if (isWhole && count === 0) return words("search.none", { text });
  if (isWhole) return words("search.found", { count });
  if (count > 0) return words("search.found_so_far", { count });
  return since ? words("search.none_since", { text, date: since }) : "";
}
