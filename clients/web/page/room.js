import { Attachments } from "./attachments.js";
import { conversationAvatar } from "./avatar.js";
import { nameOf } from "./directory.js";
import { countText } from "./counts.js";
import { byId, say } from "./dom.js";
import { presenceWords } from "./last-seen.js";
import { Lightbox } from "./lightbox.js";
import { MessageList } from "./message-list.js";
import { Quotes } from "./quotes.js";
import { Scroller } from "./scroller.js";
import { View } from "./view.js";

/** @import { Chat, Message, Timeline } from "../src/index.js" */
/** @import { Entry } from "./directory.js" */
/** @import { Shown } from "./member-rows.js" */
/** @import { Acts } from "./message.js" */
/** @import { Previews } from "./previews.js" */

const POINTED_OUT_MS = 2_000;
/** What is farther than this from what is shown is shown without what lies between. */
const FAR = 200;

/** The open conversation: its head and its messages. */
export class Room {
  #scrollBox = byId("scroller", HTMLDivElement);
  #beginning = byId("beginning", HTMLParagraphElement);
  #typing = byId("typing", HTMLParagraphElement);
  #jump = byId("jump", HTMLButtonElement);
  #jumpText = byId("jump-text", HTMLSpanElement);
  #title = byId("room-title", HTMLHeadingElement);
  #peopleLine = byId("room-people", HTMLParagraphElement);
  #avatar = byId("room-avatar", HTMLSpanElement);
  #ending = byId("ending", HTMLParagraphElement);
  /** @type {View | null} */
  #view = null;
  /** @type {Entry | null} */
  #entry = null;
  /** @type {Map<string, { username: string, seq: number }>} how far each of the others has read */
  #readers = new Map();
  /** @type {number | null} where "New" stands: after what had been read when it was opened */
  #unreadAfter = null;
  /** Whether it was begun at the right place: what was saved from before may lack what is new. */
  #hasBegun = false;
  #frame = 0;
  #chat;
  #onSeen;
  #onLook;
  #list;
  #scroller;
  #quotes;
  #attachments;
  #lightbox;
  #beingDeleted;

  /**
   * @param {Chat} chat
   * @param {{
   *   onSeen: (id: string, seq: number) => void,
   *   onLook: (id: string | null) => void,
   *   isName: (name: string) => boolean,
   *   beingDeleted: () => ReadonlySet<string>,
   *   previews: Previews,
   * } & Pick<Acts, "onActions" | "onReact" | "onUndo">} parts
   */
  constructor(chat, { onSeen, onLook, beingDeleted, previews, ...acts }) {
    this.#chat = chat;
    this.#onSeen = onSeen;
    this.#onLook = onLook;
    this.#beingDeleted = beingDeleted;
    this.#quotes = new Quotes(chat, () => this.#schedule());
    this.#lightbox = new Lightbox(chat);
    this.#attachments = new Attachments(chat, previews, (picture) =>
      this.#lightbox.open(this.#entry?.id ?? "", picture, this.#files),
    );
    this.#list = new MessageList({
      ...acts,
      me: () => chat.user ?? { user_id: "", username: "" },
      // What comes of it shows in the list.
      onResend: (outgoing) => void chat.resend(outgoing).catch(() => {}),
      onDiscard: (outgoing) => chat.discard(outgoing),
      onQuote: (messageId) => void this.bring(messageId),
      filesOf: (files) => this.#attachments.listOf(this.#entry?.id ?? "", files),
    });
    this.#scroller = new Scroller(this.#scrollBox, this.#list.element, () => this.#looked());
    this.#jump.addEventListener("click", () => this.followEnd());
    document.addEventListener("visibilitychange", () => this.#noteSeen());
    for (const type of ["focus", "blur"]) window.addEventListener(type, () => this.#noteSeen());
    chat.on("read", ({ conversation_id, user_id, username, seq }) => {
      if (conversation_id !== this.#entry?.id) return;
      this.#note(user_id, username, seq);
      this.#schedule();
    });
  }

  /**
   * @param {Entry} entry
   * @param {Timeline} timeline
   */
  open(entry, timeline) {
    this.#view?.close();
    this.#entry = entry;
    this.#view = new View(this.#chat, timeline, entry, () => this.#schedule());
    this.#readers.clear();
    this.#quotes.clear();
    this.#retainFiles(new Set());
    this.#list.clear();
    this.#hasBegun = false;
    this.#unreadAfter = entry.unread > 0 ? entry.readSeq : null;
    this.#scroller.end();
    this.head(entry, []);
    this.#render();
  }

  /**
   * @param {Entry} entry
   * @param {Shown[]} members
   * @param {number} [online] how many of all of them
   */
  head(entry, members, online = 0) {
    this.#entry = entry;
    const name = nameOf(entry);
    say(this.#title, name);
    this.#avatar.replaceChildren(conversationAvatar(entry, name));
    say(this.#peopleLine, peopleLine(entry, members, this.#chat.user?.user_id ?? "", online));
    for (const { user_id, username, last_read_seq } of members) {
      this.#note(user_id, username, last_read_seq);
    }
    this.#schedule();
  }

  /** No conversation is open. */
  close() {
    this.#view?.close();
    this.#view = null;
    this.#entry = null;
    this.#onLook(null);
  }

  focus() {
    this.#title.focus();
  }

  /** What is shown has changed for a reason of the page's own. */
  refresh() {
    this.#schedule();
  }

  /**
   * Where the focus goes after an action: into the row of its message, once that is drawn.
   * @param {string} messageId
   * @param {string} selector
   */
  focusMessage(messageId, selector) {
    this.#render();
    const row = this.#list.elementOf(messageId);
    /** @type {HTMLElement | null | undefined} */ (row?.querySelector(selector))?.focus();
  }

  /**
   * A message that is shown.
   * @param {string} messageId
   */
  messageOf(messageId) {
    return this.#view?.messages.find((it) => it.message_id === messageId) ?? null;
  }

  /** The user's own last message that can be edited. */
  get lastOwn() {
    const me = this.#chat.user?.user_id;
    const own = this.#view?.messages.filter((it) => it.user_id === me && !it.deleted_at);
    return own?.at(-1) ?? null;
  }

  /** @param {ReadonlySet<string>} ids the attachments that there still are */
  #retainFiles(ids) {
    this.#attachments.retain(ids);
    this.#lightbox.retain(ids);
  }

  /** The files of the messages that are shown. */
  get #files() {
    const { messages = [], outgoing = [] } = this.#view ?? {};
    return [...messages, ...outgoing].flatMap(({ attachments = [] }) => attachments);
  }

  /**
   * Scrolls to a message and points it out; loads earlier ones until it is there, or those around it.
   * @param {string} messageId
   */
  async bring(messageId) {
    const view = this.#view;
    if (view && isBeyond(messageId, view)) view.showNewest();
    try {
      if (view && isFar(messageId, view)) {
        await view.showAround(seqOf(messageId));
        this.#render();
      }
      while (view === this.#view && view && !this.#list.elementOf(messageId) && view.hasEarlier) {
        await view.loadEarlier();
        this.#render();
      }
    } catch {
      // The edge of the list says why.
    }
    const found = this.#list.elementOf(messageId);
    if (!found) return;
    this.#scroller.bring(found);
    found.classList.add("pointed-out");
    setTimeout(() => found.classList.remove("pointed-out"), POINTED_OUT_MS);
  }

  /** To the end: what the user writes belongs there, so that is where they look. */
  followEnd() {
    this.#unreadAfter = null;
    this.#view?.showNewest();
    this.#scroller.end();
  }

  /**
   * @param {string} userId
   * @param {string} username
   * @param {number} seq
   */
  #note(userId, username, seq) {
    if ((this.#readers.get(userId)?.seq ?? -1) < seq) this.#readers.set(userId, { username, seq });
  }

  /** Many changes at once are shown in one go. */
  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #render() {
    const view = this.#view;
    const me = this.#chat.user;
    if (!view || !me) return;
    const { messages, outgoing, changes } = view;
    const isBeginning = this.#list.isEmpty || (view.isLoaded && !this.#hasBegun);
    if (isBeginning && view.isLoaded) this.#unreadAfter = this.#lastRead(view, me.user_id);
    const shown = {
      ...{ messages, outgoing, changes, me, now: new Date() },
      ...{ readers: this.#readers, unreadAfter: this.#unreadAfter },
      quoted: this.#quotes.of(view.conversationId, messages),
      beingDeleted: this.#beingDeleted(),
    };
    const show = () => this.#list.show(shown);
    this.#scroller.around(show, view.hasLater);
    this.#retainFiles(new Set(this.#files.map(({ attachment_id }) => attachment_id)));
    if (isBeginning && !this.#list.isEmpty) this.#begin(view);
    this.#hasBegun ||= view.isLoaded;
    this.#showEdges(view);
    this.#looked();
  }

  /**
   * A person who answers has read, wherever the mark stands.
   * @param {View} view
   * @param {string} me
   */
  #lastRead({ messages, hasLater }, me) {
    if (this.#unreadAfter === null || hasLater) return this.#unreadAfter;
    const own = messages.filter(({ user_id }) => user_id === me).at(-1);
    return Math.max(this.#unreadAfter, own?.seq ?? 0);
  }

  /**
   * A conversation opens at the first message that is new, or else at its end. What is not marked
   * as new then is not later.
   * @param {View} view
   */
  #begin({ isLoaded, hasLater }) {
    const { mark } = this.#list;
    if (isLoaded && !mark) this.#unreadAfter = null;
    if (mark) this.#scroller.bring(mark);
    else if (!hasLater) this.#scroller.end();
  }

  /** What comes of what is in view. */
  #looked() {
    this.#showJump();
    this.#noteSeen();
    if (this.#scroller.isNearBeginning) this.#loadEarlier();
    if (this.#scroller.isNearEnd) this.#loadLater();
  }

  /** @param {View} view */
  #showEdges({ typing, isLoaded, hasEarlier, hasLater, messages, outgoing, error }) {
    say(this.#typing, typingLine(typing.map(({ username }) => username)));
    this.#typing.classList.toggle("active", typing.length > 0);
    this.#scrollBox.setAttribute("aria-busy", String(!isLoaded && !error));
    const isEmpty = messages.length + outgoing.length === 0;
    this.#scrollBox.classList.toggle("empty", isEmpty);
    say(this.#beginning, beginningLine({ isLoaded, hasEarlier, isEmpty, error }));
    say(this.#ending, hasLater ? "Loading messages…" : "");
  }

  #showJump() {
    this.#jump.hidden = this.#scroller.isAtEnd;
    const { unread = 0 } = this.#entry ?? {};
    const many = unread === 1 ? "1 new message" : `${countText(unread)} new messages`;
    say(this.#jumpText, unread > 0 ? many : "Latest messages");
  }

  /** Whether somebody looks at it: a window behind another one may be visible, too. */
  get #isLookedAt() {
    const isInFront = document.visibilityState === "visible" && document.hasFocus();
    return isInFront && this.#scrollBox.clientHeight > 0;
  }

  /** What was in view has been read. */
  #noteSeen() {
    const { isAtEnd, lastInView } = this.#scroller;
    const isLookedAt = this.#isLookedAt && this.#view?.isLoaded;
    this.#onLook(isLookedAt && isAtEnd ? (this.#entry?.id ?? null) : null);
    if (!isLookedAt || !this.#view) return;
    const last = lastUpTo(this.#view.messages, isAtEnd ? Infinity : this.#list.seqAt(lastInView));
    if (!last || last.seq <= (this.#entry?.readSeq ?? 0)) return;
    this.#chat.markRead(last);
    this.#onSeen(last.conversation_id, last.seq);
  }

  async #loadEarlier() {
    try {
      await this.#view?.loadEarlier();
    } catch (error) {
      say(this.#beginning, `Earlier messages could not be loaded: ${messageOf(error)}`);
    }
  }

  async #loadLater() {
    try {
      await this.#view?.loadLater();
    } catch (error) {
      say(this.#ending, `Later messages could not be loaded: ${messageOf(error)}`);
    }
  }
}

/**
 * Whether the message is later than those that are loaded.
 * @param {string} messageId
 * @param {View} view
 */
function isBeyond(messageId, { messages, hasLater }) {
  return hasLater && seqOf(messageId) > (messages.at(-1)?.seq ?? 0);
}

/**
 * Whether the message is far before those that are loaded.
 * @param {string} messageId
 * @param {View} view
 */
function isFar(messageId, { messages }) {
  return seqOf(messageId) < (messages[0]?.seq ?? 0) - FAR;
}

/** @param {string} messageId */
function seqOf(messageId) {
  return Number(messageId.slice(messageId.lastIndexOf(":") + 1));
}

/**
 * @param {readonly Message[]} messages
 * @param {number} seq
 */
function lastUpTo(messages, seq) {
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message && message.seq <= seq) return message;
  }
  return null;
}

/**
 * @param {Entry} entry
 * @param {Shown[]} members
 * @param {string} me
 * @param {number} online
 */
function peopleLine({ kind }, members, me, online) {
  const others = members.filter(({ user_id }) => user_id !== me);
  if (members.length === 0) return "";
  if (kind === "direct" && !others[0]) return "No longer here";
  if (kind === "direct" && others[0]) {
    const { online: is_online, last_seen_at } = others[0];
    return presenceWords({ is_online, ...(last_seen_at && { last_seen_at }) }, new Date());
  }
  return `${members.length === 1 ? "1 person" : `${members.length} people`}, ${online} online`;
}

/** @param {string[]} names */
function typingLine(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing`;
  return `${names.length} people are typing`;
}

/** @param {{ isLoaded: boolean, hasEarlier: boolean, isEmpty: boolean, error: unknown }} state */
function beginningLine({ isLoaded, hasEarlier, isEmpty, error }) {
  if (error) return messageOf(error);
  if (!isLoaded || hasEarlier) return "Loading messages…";
  return isEmpty ? "No messages yet. Write the first." : "The conversation begins here.";
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
