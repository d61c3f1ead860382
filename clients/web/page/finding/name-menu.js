import { element } from "../dom.js";
import { words } from "../words/index.js";
import { profiles } from "./profiles.js";

/** @import { Chat } from "../../src/index.js" */
/** @import { Menu } from "../menu.js" */

/** The menu at each name of the page but the user's own. */
export class NameMenu {
  #chat;
  #menu;
  #onMessage;

  /**
   * @param {Chat} chat
   * @param {Menu} menu
   * @param {(username: string) => void} onMessage
   */
  constructor(chat, menu, onMessage) {
    this.#chat = chat;
    this.#menu = menu;
    this.#onMessage = onMessage;
    document.addEventListener("click", ({ target }) => {
      const name = target instanceof Element ? target.closest("[data-person]") : null;
      if (name instanceof HTMLElement) this.#open(name, name.dataset["person"] ?? "");
    });
  }

  /**
   * @param {HTMLElement} name
   * @param {string} username
   */
  #open(name, username) {
    if (username === this.#chat.user?.username) return;
    const shown = profiles.nameOfUsername(username);
    const head = element(
      "p",
      { class: "menu-head" },
      shown !== username && element("strong", { dir: "auto" }, shown),
      element("span", { dir: "ltr" }, `@${username}`),
    );
    const text = words("names.message", { name: shown });
    const act = () => this.#onMessage(username);
    this.#menu.open(name, head, [{ text, icon: "message", act }]);
  }
}
