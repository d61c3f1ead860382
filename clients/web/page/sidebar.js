import { Fragment, h, render } from "preact";

import { countText, countedText } from "./counts.js";
import { briefly, fullDate } from "./dates.js";
import { nameOf } from "./directory.js";
import { byId } from "./dom.js";
import { presenceWords } from "./last-seen.js";
import { isQuiet } from "./notifications/levels.js";
import { hiddenAroundView } from "./spoken.js";
import { beginningOf } from "./text/characters.js";
import {
  Lasting,
  conversationAvatar,
  hiddenView,
  iconView,
  personAvatar,
  withPresence,
} from "./views.js";
import { words } from "./words/index.js";

/** @import { UserPresence } from "../src/index.js" */
/** @import { Directory, Entry } from "./directory.js" */

/** No line is longer; the rest would only be hidden. */
const PREVIEW = 200;

/** The list of conversations and, below it, the user. */
export class Sidebar {
  #list = byId("conversation-list", HTMLUListElement);
  #create = byId("new-conversation", HTMLButtonElement);
  #me = byId("me", HTMLDivElement);
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
  }

  /** @param {string} username */
  showUser(username) {
    const name = hiddenAroundView("sidebar.signed_in_as", { name: h("bdi", null, username) });
    render(h(Fragment, null, personAvatar(username), h("span", null, ...name)), this.#me);
  }

  /** @param {string | null} current */
  show(current) {
    const { entries, hasLists, isWhole } = this.#directory;
    this.#create.hidden = !hasLists;
    const items = entries.map((entry) => this.#item(entry, entry.id === current));
    const isEmpty = items.length === 0 && isWhole;
    render(h(Fragment, null, ...(isEmpty ? [noConversations()] : items)), this.#list);
  }

  /** @param {string | null} id */
  focus(id) {
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = this.#list.querySelectorAll("button.conversation");
    ([...buttons].find(({ dataset }) => dataset["id"] === id) ?? this.#create).focus();
  }

  /**
   * @param {Entry} entry
   * @param {boolean} isCurrent
   */
  #item(entry, isCurrent) {
    const presence = this.#presenceOf(entry);
    const seen = presence && presenceWords(presence, new Date());
    const time = briefly(entry.lastAt ?? new Date(0), new Date());
    const attributes = {
      class: entry.unread > 0 ? "conversation unread" : "conversation",
      type: "button",
      "data-id": entry.id,
      title: seen ?? "",
      "aria-current": isCurrent ? "true" : undefined,
      onclick: () => this.#onOpen(entry.id),
    };
    return h(Lasting, {
      key: entry.id,
      of: JSON.stringify([entry, seen, isCurrent, time]),
      draw: () => h("li", null, h("button", attributes, ...contentOf(entry, presence))),
    });
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
  const time = at && when && h("time", when, briefly(at, new Date()));
  const isSilent = isQuiet(entry.wish, new Date());
  const quiet = h(
    "span",
    { class: "quiet-bell" },
    iconView("bell-off"),
    hiddenView(words("sidebar.muted")),
  );
  const badge = h(
    "span",
    { class: isSilent ? "badge muted" : "badge" },
    h("span", { "aria-hidden": "true" }, countText(entry.unread)),
    hiddenView(countedText(entry.unread, "sidebar.unread", "sidebar.many_unread")),
  );
  const mentions = h(
    "span",
    { class: "badge mentions" },
    h("span", { "aria-hidden": "true" }, "@"),
    hiddenView(words("sidebar.mentions", { count: entry.mentions })),
  );
  const title = h("span", { class: "conversation-title", dir: "auto" }, name);
  const preview = beginningOf(entry.lastText.replace(/\s+/g, " "), PREVIEW);
  const text = preview || words("sidebar.no_messages");
  const avatar = conversationAvatar(entry, name);
  const seen = presence && presenceWords(presence, new Date());
  return [
    presence ? withPresence(avatar, presence.is_online) : avatar,
    h(
      "span",
      { class: "conversation-lines" },
      h("span", { class: "conversation-line" }, title, seen && hiddenView(seen), time),
      h(
        "span",
        { class: "conversation-line" },
        h("span", { class: "conversation-text" }, text),
        isSilent && quiet,
        entry.mentions > 0 && mentions,
        entry.unread > 0 && badge,
      ),
    ),
  ];
}

function noConversations() {
  return h("li", { class: "empty soft" }, words("sidebar.no_conversations"));
}
