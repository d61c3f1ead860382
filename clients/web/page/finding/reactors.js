import { Fragment, h, render } from "preact";

import { closeOnBack } from "../back.js";
import { byId, say } from "../dom.js";
import { Failure } from "../failure.js";
import { hiddenView, iconView, personAvatar } from "../views.js";
import { words } from "../words/index.js";
import { named } from "./name-view.js";
import { profiles } from "./profiles.js";

/** @import { Chat, Message } from "../../src/index.js" */
/** @import { Reactor } from "../../src/types.js" */

/** The dialog of who reacted to a message and how, which leads to each of them. */
export class Reactors {
  #dialog = byId("reactors", HTMLDialogElement);
  #list = byId("reactors-list", HTMLUListElement);
  #status = byId("reactors-status", HTMLParagraphElement);
  #more = byId("reactors-more", HTMLButtonElement);
  #failure = new Failure("reactors", () => this.#load());
  /** @type {Reactor[]} */
  #found = [];
  /** @type {string | undefined} of the next page */
  #cursor;
  /** @type {Message | null} */
  #message = null;
  #stop = new AbortController();
  #chat;
  #onMessage;

  /**
   * @param {Chat} chat
   * @param {(username: string) => void} onMessage
   */
  constructor(chat, onMessage) {
    this.#chat = chat;
    this.#onMessage = onMessage;
    const close = byId("reactors-close", HTMLButtonElement);
    close.addEventListener("click", () => this.#dialog.close());
    this.#more.addEventListener("click", () => void this.#load());
    this.#dialog.addEventListener("close", () => this.#stop.abort());
  }

  /** @param {Message} message */
  open(message) {
    this.#message = message;
    this.#found = [];
    this.#cursor = undefined;
    this.#stop = new AbortController();
    this.#failure.clear();
    this.#show();
    this.#dialog.showModal();
    const closed = closeOnBack(() => this.#dialog.close());
    this.#dialog.addEventListener("close", closed, { once: true });
    void this.#load();
  }

  async #load() {
    const { signal } = this.#stop;
    if (!this.#message) return;
    this.#failure.clear();
    this.#more.hidden = true;
    say(this.#status, words("reactions.loading"));
    try {
      const options = { signal, ...(this.#cursor !== undefined && { cursor: this.#cursor }) };
      const { items, cursor } = await this.#chat.listReactions(this.#message, options);
      this.#found.push(...items);
      this.#cursor = cursor;
    } catch (error) {
      if (!signal.aborted) this.#failure.show(error);
    }
    if (signal.aborted) return;
    say(this.#status, "");
    this.#show();
  }

  #show() {
    this.#more.hidden = this.#cursor === undefined || this.#failure.isShown;
    render(h(Fragment, null, ...this.#found.map((each) => this.#row(each))), this.#list);
  }

  /** @param {Reactor} reactor */
  #row({ userId, username, reactions }) {
    const isMe = userId === this.#chat.user?.userId;
    const name = () => profiles.nameOf({ userId, username });
    const message = () => {
      this.#dialog.close();
      this.#onMessage(username);
    };
    return h(
      "li",
      { key: userId, class: "member" },
      personAvatar(username, userId),
      h(
        "span",
        { class: "member-lines" },
        h("bdi", { class: "member-name" }, isMe ? words("common.you") : named(name)),
        h("span", { class: "reactor-emoji" }, reactions.join(" ")),
      ),
      !isMe &&
        h(
          "button",
          { class: "icon-button", type: "button", onclick: message },
          iconView("message"),
          named(() => hiddenView(words("names.message", { name: name() }))),
        ),
    );
  }
}
