import { conversationIn, hashOf, messageIn } from "./address.js";
import { byId } from "./dom.js";

/** @import { Chat, Timeline } from "../src/index.js" */
/** @import { Composer } from "./composer.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Finding } from "./finding/index.js" */
/** @import { Keeping } from "./keeping.js" */
/** @import { Notifications } from "./notifications/index.js" */
/** @import { Place } from "./notifications/presenter.js" */
/** @import { Nowhere } from "./nowhere.js" */
/** @import { Panels } from "./panels.js" */
/** @import { People } from "./people.js" */
/** @import { Pins } from "./pins.js" */
/** @import { LastShown } from "./last-shown.js" */
/** @import { Room } from "./room.js" */
/** @import { Sidebar } from "./sidebar.js" */

/**
 * @typedef {{
 *   directory: Directory, sidebar: Sidebar, nowhere: Nowhere, room: Room, composer: Composer,
 *   people: People, pins: Pins, finding: Finding, panels: Panels, notifications: Notifications, keeping: Keeping,
 *   lastShown: LastShown,
 * }} Parts
 */

/** Which conversation is open, as the address says. */
export class Navigation {
  #screen = byId("chat", HTMLDivElement);
  #retry = byId("messages-retry", HTMLButtonElement);
  #peopleToggle = byId("people-toggle", HTMLButtonElement);
  /** @type {string | null} */
  current = null;
  /** @type {Timeline | null} */
  timeline = null;
  #chat;
  #parts;

  /**
   * @param {Chat} chat
   * @param {Parts} parts they exist by the time that something is opened
   */
  constructor(chat, parts) {
    this.#chat = chat;
    this.#parts = parts;
    window.addEventListener("hashchange", () => this.route());
    this.#retry.addEventListener("click", () => this.timeline?.load());
    chat.on("state", () => {
      if (this.#isUnknown) this.route();
    });
  }

  /** The conversation that is open, as the list shows it. */
  get entry() {
    return this.#parts.directory.find(this.current);
  }

  /**
   * Shows a message of a conversation, in answer to a click elsewhere.
   * @param {Pick<Place, "conversationId" | "messageId">} place
   */
  open({ conversationId, messageId }) {
    location.hash = hashOf(conversationId, messageId);
    if (conversationId === this.current) this.#show(conversationId);
  }

  /** @param {string | null} id */
  go(id) {
    location.hash = hashOf(id);
    if (id === this.current) this.#show(id);
  }

  /** Shows what the address says, or what there is to show where it says nothing. */
  route() {
    const { directory } = this.#parts;
    if (directory.hasLists === null) return;
    const asked = conversationIn(location.hash);
    if (asked !== null && !directory.hasLists) directory.know(asked);
    if (directory.find(asked)) return this.#show(asked);
    // It may be on a page that is still to come.
    const isToCome = !directory.isWhole && this.#chat.state !== "offline";
    if (asked !== null && !isToCome) return this.#showUnknown();
    if (asked !== null) return;
    const isWide = window.matchMedia("(min-width: 50rem)").matches;
    this.#show(isWide || !directory.hasLists ? this.#usual : null);
  }

  /**
   * The list of conversations has changed.
   * @returns whether something else is shown because of that
   */
  followList() {
    const { directory, nowhere } = this.#parts;
    const isGone = this.current !== null && !this.entry;
    if (isGone) this.go(null);
    const isThere =
      !isGone && nowhere.isShown && Boolean(directory.find(conversationIn(location.hash)));
    if (isThere) this.route();
    return isGone || isThere;
  }

  /** Whether the address names a conversation that is not in the list. */
  get #isUnknown() {
    const asked = conversationIn(location.hash);
    return asked !== null && !this.#parts.directory.find(asked);
  }

  /** What is open already, or else the latest. */
  get #usual() {
    return this.entry?.id ?? this.#parts.directory.entries[0]?.id ?? null;
  }

  /** @param {string | null} id */
  #show(id) {
    const { nowhere, sidebar } = this.#parts;
    const previous = this.current;
    this.#screen.dataset["view"] = id === null ? "list" : "room";
    nowhere.hide();
    if (id !== previous || this.timeline?.error) this.#open(id);
    this.#bringLinked();
    sidebar.show(this.current);
    if (id === null) sidebar.focus(previous);
    else if (id !== previous) this.#focusRoom();
  }

  /** A link may lead to one message of the conversation. */
  #bringLinked() {
    const messageId = messageIn(location.hash);
    const { timeline } = this;
    if (!messageId || !timeline) return;
    const bring = () => {
      if (timeline === this.timeline) void this.#parts.room.bring(messageId);
    };
    timeline.ready().then(bring, () => {});
  }

  /** A link that leads nowhere says so; to open something else would pass that off as its aim. */
  #showUnknown() {
    this.#open(null);
    this.#screen.dataset["view"] = "room";
    this.#parts.sidebar.show(null);
    this.#parts.nowhere.show(this.#parts.directory.isWhole);
  }

  /** @param {string | null} id */
  #open(id) {
    const { directory, room, composer, people, pins, finding, panels, notifications, keeping } =
      this.#parts;
    this.timeline?.close();
    this.timeline = null;
    this.#retry.hidden = true;
    this.current = id;
    panels.closeAll();
    const entry = this.entry ?? null;
    const { hasLists } = directory;
    this.#screen.classList.toggle("nothing", entry === null);
    this.#peopleToggle.hidden = !hasLists || entry === null;
    finding.show(hasLists ? entry : null);
    pins.show(entry?.id ?? null);
    composer.show(id);
    people.show(hasLists ? entry : null);
    notifications.changed(entry);
    if (!entry) return room.close();
    const saved = keeping.saved?.messagesOf(entry.id) ?? [];
    const timeline = this.#chat.open(entry.id, { changes: true, saved });
    this.timeline = timeline;
    timeline.on("change", () => this.#timelineChanged(timeline));
    room.open(entry, timeline);
  }

  /** With a mouse at hand one writes at once; on a phone a keyboard would cover what is read. */
  #focusRoom() {
    const { composer, room } = this.#parts;
    if (window.matchMedia("(pointer: fine)").matches) composer.focus();
    else room.focus();
  }

  /** @param {Timeline} timeline */
  #timelineChanged(timeline) {
    const { directory, composer, lastShown } = this.#parts;
    lastShown.changed();
    const last = timeline.messages.at(-1);
    if (last) directory.latest(last);
    if (timeline !== this.timeline) return;
    this.#retry.hidden = timeline.isLoaded || !timeline.error;
    composer.show(timeline.error ? null : timeline.conversationId);
  }
}
