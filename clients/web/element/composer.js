import { Component, createRef, h } from "preact";

import { asksToSend } from "../page/asking-to-send.js";
import { CONTENT_BYTES } from "../src/index.js";

/** @import { Shown } from "./view.js" */

const utf8 = new TextEncoder();

/**
 * Where messages are written.
 * @extends {Component<{ shown: Shown }, { bytes: number }>}
 */
export class Composer extends Component {
  /** @override */
  state = { bytes: 0 };
  /** @type {import("preact").RefObject<HTMLTextAreaElement | null>} */
  #text = createRef();

  /** @override */
  render() {
    const { texts } = this.props.shown;
    const { bytes } = this.state;
    const isTooLong = bytes > CONTENT_BYTES;
    return h(
      "form",
      {
        class: "composer",
        part: "composer",
        onSubmit: (/** @type {Event} */ it) => this.#submit(it),
      },
      h("textarea", {
        ...{ ref: this.#text, part: "input", rows: 1, dir: "auto", enterKeyHint: "send" },
        "aria-label": texts.text("composer.label"),
        placeholder: texts.text("composer.placeholder"),
        "aria-invalid": isTooLong,
        onInput: () => this.#typed(),
        onKeyDown: (/** @type {KeyboardEvent} */ it) => asksToSend(it) && this.#submit(it),
      }),
      h(
        "button",
        { type: "submit", class: "send", part: "button send", disabled: bytes === 0 || isTooLong },
        texts.text("composer.send"),
      ),
      isTooLong && h("p", { class: "limit", role: "alert" }, this.#limit()),
    );
  }

  #limit() {
    const { bytes } = this.state;
    return this.props.shown.texts.text("composer.bytes", { bytes, limit: CONTENT_BYTES });
  }

  get #content() {
    return this.#text.current?.value.trim() ?? "";
  }

  #measure() {
    this.setState({ bytes: utf8.encode(this.#content).length });
  }

  #typed() {
    this.#measure();
    if (this.#content !== "") this.props.shown.conversation.typing();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const content = this.#content;
    const field = this.#text.current;
    if (!field || content === "" || this.state.bytes > CONTENT_BYTES) return;
    this.props.shown.conversation.send(content);
    field.value = "";
    this.#measure();
    field.focus();
  }
}
