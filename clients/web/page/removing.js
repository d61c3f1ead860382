import { nameOf } from "./directory.js";
import { askDialog } from "./form-dialog.js";
import { requireOnline } from "./online.js";

/** @import { Chat } from "../src/index.js" */
/** @import { Entry } from "./directory.js" */

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
    const title = `Remove ${username} from ${nameOf(entry)}?`;
    const text = `${username} can no longer read or write here, and can be added again.`;
    const act = () => this.#chat.removeMember(entry.id, username);
    this.#askTo({ title, text, button: "Remove" }, act);
  }

  /**
   * @param {Entry} entry
   * @param {string} username
   */
  ban(entry, username) {
    const title = `Ban ${username} from ${nameOf(entry)}?`;
    const text = `${username} can no longer read or write here, nor be added until the ban is lifted.`;
    this.#askTo({ title, text, button: "Ban" }, () => this.#chat.ban(entry.id, username));
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
