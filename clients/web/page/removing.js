import { nameOf } from "./entry.js";
import { askDialog } from "./form-dialog.js";
import { requireOnline } from "./online.js";
import { words } from "./words/index.js";

/** @import { Chat } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */

/** Removes and bans members, which it asks about first: they lose the conversation at once. */
export class Removing {
  #ask = askDialog();
  #chat;
  #onDone;

  /**
   * @param {Chat} chat
   * @param {() => void} onDone the member's row goes, and with it the button that had the focus
   */
  constructor(chat, onDone) {
    this.#chat = chat;
    this.#onDone = onDone;
  }

  /**
   * @param {Entry} entry
   * @param {string} username
   */
  remove(entry, username) {
    const title = words("removing.remove", { name: username, conversation: nameOf(entry) });
    const text = words("removing.about_remove", { name: username });
    const act = () => this.#chat.removeMember(entry.id, username);
    this.#askTo({ title, text, button: words("removing.remove_button") }, act);
  }

  /**
   * @param {Entry} entry
   * @param {string} username
   */
  ban(entry, username) {
    const title = words("removing.ban", { name: username, conversation: nameOf(entry) });
    const text = words("removing.about_ban", { name: username });
    const act = () => this.#chat.ban(entry.id, username);
    this.#askTo({ title, text, button: words("moderation.ban") }, act);
  }

  /**
   * @param {{ title: string, text: string, button: string }} question
   * @param {() => Promise<unknown>} act
   */
  #askTo(question, act) {
    this.#ask({
      ...question,
      act: async () => {
        requireOnline(this.#chat);
        await act();
        return this.#onDone;
      },
    });
  }
}
