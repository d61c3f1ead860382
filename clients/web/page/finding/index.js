import { byId } from "../dom.js";
import { Acquaintances } from "./acquaintances.js";
import { avatars } from "./avatars.js";
import { directWith } from "./direct.js";
import { NameMenu } from "./name-menu.js";
import { profileDialog } from "./profile-dialog.js";
import { profiles } from "./profiles.js";
import { Reactors } from "./reactors.js";
import { SearchPanel } from "./search-panel.js";
import { Switcher } from "./switcher.js";

/** @import { Chat, Message } from "../../src/index.js" */
/** @import { Directory } from "../directory.js" */
/** @import { Entry } from "../entry.js" */
/** @import { Menu } from "../menu.js" */
/** @import { MessageActs } from "../message-acts.js" */
/** @import { Navigation } from "../navigation.js" */
/** @import { Room } from "../room.js" */

/**
 * @typedef {{
 *   directory: Directory, navigation: Navigation, menu: Menu, acts: MessageActs, room: Room,
 * }} Parts
 */

/** @type {import("../../src/options.js").Clock} */
const pageClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

/** What leads to messages, conversations and people. */
export class Finding {
  #chat;
  #parts;
  #search;
  #reactors;

  /**
   * @param {Chat} chat
   * @param {Parts} parts they exist by the time that something is sought
   */
  constructor(chat, parts) {
    this.#chat = chat;
    this.#parts = parts;
    const { directory, navigation, menu } = parts;
    this.#search = new SearchPanel(chat, (id) => void parts.room.bring(id));
    profiles.use((userIds) => chat.profiles(userIds), pageClock);
    avatars.use((userIds) => chat.profiles(userIds, { pictures: true }), pageClock);
    const openProfile = profileDialog(chat);
    byId("me", HTMLButtonElement).addEventListener("click", openProfile);
    const people = new Acquaintances(chat, directory);
    new Switcher(chat, directory, people, (id) => navigation.go(id));
    this.#reactors = new Reactors(chat, (username) => void this.message(username));
    new NameMenu(chat, menu, (username) => void this.message(username));
  }

  /** @param {Entry | null} entry the conversation that is open */
  show(entry) {
    this.#search.show(entry);
  }

  /**
   * Offers to go to a day, and this one first.
   * @param {Date} at
   */
  showDay(at) {
    this.#search.showDay(at);
  }

  /**
   * Shows who reacted to a message.
   * @param {Message} message
   */
  showReactors(message) {
    this.#reactors.open(message);
  }

  /** The panel of the search is open now. */
  searchOpened() {
    this.#search.opened();
  }

  /**
   * Opens the direct conversation with somebody.
   * @param {string} username
   */
  async message(username) {
    const { directory, navigation, acts } = this.#parts;
    try {
      navigation.go(await directWith({ chat: this.#chat, directory }, { username }));
    } catch (error) {
      acts.fail(error);
    }
  }
}
