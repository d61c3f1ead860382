import { conversationAvatar, personAvatar, withPresence } from "./avatar.js";
import { countText } from "./counts.js";
import { briefly, fullDate } from "./dates.js";
import { nameOf } from "./directory.js";
import { arrange, byId, element, hiddenText, icon, say } from "./dom.js";
import { ListFilter } from "./finding/list-filter.js";
import { lead, letTabIn } from "./finding/roving.js";
import { presenceWords } from "./last-seen.js";
import { isQuiet } from "./notifications/levels.js";
import { beginningOf } from "./text/characters.js";
import { words } from "./words/index.js";

/** @import { UserPresence } from "../src/index.js" */
/** @import { Directory, Entry } from "./directory.js" */

/** No line is longer; the rest would only be hidden. */
const PREVIEW = 200;
const BUTTONS = "button.conversation";

/** The list of conversations and, below it, the user. */
export class Sidebar {
  #list = byId("conversation-list", HTMLUListElement);
  #create = byId("new-conversation", HTMLButtonElement);
  #me = byId("me", HTMLDivElement);
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map();
  /** @type {string | null} */
  #current = null;
  #filter = new ListFilter(() => this.show(this.#current));
  #directory;
  #onOpen;
  #presenceOf;

  /**
   * @param {Directory} directory
   * @param {(id: string) => void} onOpen
   * @param {(entry: Entry) => UserPresence | undefined} presenceOf the other in a direct conversation
   */
  constructor(directory, onOpen, presenceOf) {
    this.#directory = directory;
    this.#onOpen = onOpen;
    this.#presenceOf = presenceOf;
    lead(this.#list, BUTTONS);
  }

  /** @param {string} username */
  showUser(username) {
    this.#me.replaceChildren(
      personAvatar(username),
      element("span", {}, hiddenText("Signed in as "), username),
    );
  }

  /** @param {string | null} current */
  show(current) {
    const { entries, hasLists, isWhole } = this.#directory;
    this.#create.hidden = !hasLists;
    this.#current = current;
    const shown = entries.filter((entry) => this.#filter.accepts(entry, entry.id === current));
    const items = shown.map((entry) => this.#item(entry, entry.id === current));
    const empty = this.#filter.isActive ? noMatch() : noConversations();
    arrange(this.#list, items.length || !isWhole ? items : [empty]);
    letTabIn(this.#list, BUTTONS);
  }

  /** @param {string | null} id */
  focus(id) {
    const item = id === null ? undefined : this.#items.get(id);
    (item?.querySelector("button") ?? this.#create).focus();
  }

  /**
   * @param {Entry} entry
   * @param {boolean} isCurrent
   */
  #item(entry, isCurrent) {
    const item = this.#items.get(entry.id) ?? this.#newItem(entry.id);
    const button = /** @type {HTMLButtonElement} */ (item.firstElementChild);
    const presence = this.#presenceOf(entry);
    const words = presence && presenceWords(presence, new Date());
    const look = JSON.stringify([
      entry,
      words,
      isCurrent,
      briefly(entry.lastAt ?? new Date(0), new Date()),
    ]);
    if (item.dataset["look"] === look) return item;
    item.dataset["look"] = look;
    button.replaceChildren(...contentOf(entry, presence));
    button.title = words ?? "";
    button.classList.toggle("unread", entry.unread > 0);
    if (isCurrent) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    return item;
  }

  /** @param {string} id */
  #newItem(id) {
    const open = () => this.#onOpen(id);
    const button = element("button", { class: "conversation", type: "button", onclick: open });
    const item = element("li", {}, button);
    this.#items.set(id, item);
    return item;
  }
}

/**
 * @param {Entry} entry
 * @param {UserPresence} [presence]
 */
function contentOf(entry, presence) {
  const name = nameOf(entry);
  const at = entry.lastAt;
  const when = at && { datetime: at.toISOString(), title: fullDate(at) };
  const time = at && when && element("time", when, briefly(at, new Date()));
  const isSilent = isQuiet(entry.wish, new Date());
  const quiet = element("span", { class: "quiet-bell" }, icon("bell-off"), hiddenText("muted"));
  const badge = element(
    "span",
    { class: isSilent ? "badge muted" : "badge" },
    countText(entry.unread),
    hiddenText(" unread"),
  );
  const mentions = element(
    "span",
    { class: "badge mentions" },
    "@",
    hiddenText(entry.mentions === 1 ? "mentions you" : `${entry.mentions} mention you`),
  );
  const title = element("span", { class: "conversation-title", dir: "auto" }, name);
  const text = element("span", { class: "conversation-text", dir: "auto" });
  say(text, beginningOf(entry.lastText.replace(/\s+/g, " "), PREVIEW) || "No messages yet");
  const avatar = conversationAvatar(entry, name);
  const words = presence && presenceWords(presence, new Date());
  return [
    presence ? withPresence(avatar, presence.is_online) : avatar,
    element(
      "span",
      { class: "conversation-lines" },
      element("span", { class: "conversation-line" }, title, words && hiddenText(words), time),
      element(
        "span",
        { class: "conversation-line" },
        text,
        isSilent && quiet,
        entry.mentions > 0 && mentions,
        entry.unread > 0 && badge,
      ),
    ),
  ];
}

function noConversations() {
  return element(
    "li",
    { class: "empty soft" },
    "No conversations yet. Begin one with the + above.",
  );
}

function noMatch() {
  return element("li", { class: "empty soft" }, words("filter.none"));
}
