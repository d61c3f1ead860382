import { Fragment, h, render } from "preact";

import { countText, countedText } from "./counts.js";
import { briefly, fullDate } from "./dates.js";
import { nameOf } from "./entry.js";
import { byId } from "./dom.js";
import { ListFilter } from "./finding/list-filter.js";
import { named } from "./finding/name-view.js";
import { profiles } from "./finding/profiles.js";
import { lead, letTabIn } from "./finding/roving.js";
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
import { words, wordsAround } from "./words/index.js";

/** @import { User, UserPresence } from "../src/index.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Entry } from "./entry.js" */

/** No line is longer; the rest would only be hidden. */
const PREVIEW = 200;
const BUTTONS = "button.conversation";

/** The list of conversations and, below it, the user. */
export class Sidebar {
  #list = byId("conversation-list", HTMLUListElement);
  #create = byId("new-conversation", HTMLButtonElement);
  #me = byId("me", HTMLButtonElement);
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

  /** @param {User} user */
  showUser(user) {
    const name = () => h("bdi", null, profiles.nameOf(user));
    const text = () => hiddenAroundView("sidebar.signed_in_as", { name: name() });
    const line = h("span", null, named(text));
    render(h(Fragment, null, personAvatar(user.username, user.userId), line), this.#me);
  }

  /** @param {string | null} current */
  show(current) {
    const { entries, hasLists, isWhole } = this.#directory;
    this.#create.hidden = !hasLists;
    this.#current = current;
    const shown = entries.filter((entry) => this.#filter.accepts(entry, entry.id === current));
    const items = shown.map((entry) => this.#item(entry, entry.id === current));
    const empty = this.#filter.isActive ? noMatch() : noConversations();
    const isEmpty = items.length === 0 && isWhole;
    render(h(Fragment, null, ...(isEmpty ? [empty] : items)), this.#list);
    letTabIn(this.#list, BUTTONS);
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
  const avatar = conversationAvatar(entry, name);
  const seen = presence && presenceWords(presence, new Date());
  return [
    presence ? withPresence(avatar, presence.isOnline) : avatar,
    h(
      "span",
      { class: "conversation-lines" },
      h("span", { class: "conversation-line" }, title, seen && hiddenView(seen), time),
      h(
        "span",
        { class: "conversation-line" },
        h("span", { class: "conversation-text", dir: "auto" }, ...previewOf(entry)),
        isSilent && quiet,
        entry.mentions > 0 && mentions,
        entry.unread > 0 && badge,
      ),
    ),
  ];
}

/**
 * Who said what last. It runs as what was said does, whose beginning is seen: a browser that looks for
 * the direction passes over a `bdi`.
 * @param {Entry} entry
 */
function previewOf({ lastAuthor, lastText }) {
  if (!lastAuthor) return [words("sidebar.no_messages")];
  const author = named(() => profiles.nameOfUsername(lastAuthor));
  const text = beginningOf(lastText.replace(/\s+/g, " "), PREVIEW);
  return wordsAround("common.by", { name: h("bdi", null, author), text });
}

function noConversations() {
  return h("li", { class: "empty soft" }, words("sidebar.no_conversations"));
}

function noMatch() {
  return h("li", { class: "empty soft" }, words("filter.none"));
}
