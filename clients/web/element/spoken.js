import { Component, h } from "preact";

import { plainText } from "../page/text/plain.js";

/** @import { Shown } from "./view.js" */

/** More than a screen reader has waiting; older ones have long been read out. */
const KEPT = 5;

/**
 * Says aloud what others write from now on, each message by itself.
 * @extends {Component<{ shown: Shown }>}
 */
export class Spoken extends Component {
  /** @type {number | null} the last message that was there from the beginning */
  #since = null;

  /** @override */
  render() {
    const { texts, conversation, profiles, me } = this.props.shown;
    const { messages } = conversation.timeline;
    if (conversation.isReady) this.#since ??= messages.at(-1)?.seq ?? 0;
    const since = this.#since ?? Infinity;
    const said = messages.filter((it) => it.seq > since && it.userId !== me.userId);
    const lines = said.slice(-KEPT).map((message) => {
      const about = { name: profiles.nameOf(message), text: plainText(message.content) };
      return h("p", { key: message.messageId }, texts.text("common.by", about));
    });
    return h("div", { class: "hidden-text", "aria-live": "polite" }, ...lines);
  }
}
