import { Fragment, h, render } from "preact";

import { ParleyError } from "../src/index.js";
import { byId } from "./dom.js";
import { Failure } from "./failure.js";
import { named } from "./finding/name-view.js";
import { profiles } from "./finding/profiles.js";
import { quotedText } from "./message.js";
import { personAvatar } from "./views.js";

/** @import { Chat, Message } from "../src/index.js" */

/** The messages that are pinned in the open conversation, and the panel that lists them. */
export class Pins {
  #toggle = byId("pins-toggle", HTMLButtonElement);
  #list = byId("pin-list", HTMLUListElement);
  #empty = byId("pins-empty", HTMLParagraphElement);
  #failure = new Failure("pins", () => this.load());
  /** @type {Map<string, Message>} by id, in the order of the service */
  #pinned = new Map();
  /** @type {string | null} */
  #conversationId = null;
  #chat;
  #onOpen;

  /**
   * @param {Chat} chat
   * @param {(messageId: string) => void} onOpen
   */
  constructor(chat, onOpen) {
    this.#chat = chat;
    this.#onOpen = onOpen;
    chat.on("conversation_changed", ({ conversationId, change }) => {
      const isPin = change === "pinned" || change === "unpinned";
      if (isPin && conversationId === this.#conversationId) void this.load();
    });
    chat.on("message_changed", ({ messageId }) => {
      if (this.has(messageId)) void this.load();
    });
  }

  /** @param {string} messageId */
  has(messageId) {
    return this.#pinned.has(messageId);
  }

  /** @param {string | null} conversationId */
  show(conversationId) {
    this.#conversationId = conversationId;
    this.#pinned.clear();
    this.#failure.clear();
    this.#render();
    if (conversationId !== null) void this.load();
  }

  /** A service without pins has none to show. */
  async load() {
    const id = this.#conversationId;
    if (id === null || this.#chat.state !== "online") return;
    try {
      const messages = await this.#chat.listPins(id);
      if (id !== this.#conversationId) return;
      this.#pinned = new Map(messages.map((message) => [message.messageId, message]));
      this.#failure.clear();
    } catch (error) {
      const hasPins = !(error instanceof ParleyError && error.code === "unknown_type");
      if (id !== this.#conversationId) return;
      if (hasPins) this.#failure.show(error);
    }
    this.#render();
  }

  #render() {
    const isEmpty = this.#pinned.size === 0;
    this.#toggle.hidden = isEmpty && !this.#failure.isShown;
    this.#empty.hidden = !isEmpty || this.#failure.isShown;
    const rows = [...this.#pinned.values()].map((message) => this.#row(message));
    render(h(Fragment, null, ...rows), this.#list);
  }

  /** @param {Message} message */
  #row(message) {
    const open = () => this.#onOpen(message.messageId);
    return h(
      "li",
      { key: message.messageId },
      h(
        "button",
        { class: "pinned", type: "button", onclick: open },
        personAvatar(message.username, message.userId),
        h(
          "span",
          { class: "member-lines" },
          h(
            "span",
            { class: "member-name", dir: "auto" },
            named(() => profiles.nameOf(message)),
          ),
          h("span", { class: "small", dir: "auto" }, quotedText(message)),
        ),
      ),
    );
  }
}
