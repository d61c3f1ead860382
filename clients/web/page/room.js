import { fileElement } from "./attachments.js";
import { Attention } from "./attention.js";
import { byId } from "./dom.js";
import { Jump } from "./jump.js";
import { Lightbox } from "./lightbox.js";
import { MessageList } from "./message-list.js";
import { isBeyond, isFar, lastUpTo, lastWhere, numberIn } from "./places.js";
import { PointedOut } from "./pointed-out.js";
import { Quotes } from "./quotes.js";
import { ReadMarks } from "./readers.js";
import { RoomEdges } from "./room-edges.js";
import { RoomHead } from "./room-head.js";
import { Scroller } from "./scroller.js";
import { View } from "./view.js";

/** @import { AttachmentRef, Chat, Message, Timeline } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */
/** @import { Shown } from "./member-rows.js" */
/** @import { Acts } from "./message.js" */
/** @import { Previews } from "./previews.js" */

/** The open conversation: its head and its messages. */
export class Room {
  #scrollBox = byId("scroller", HTMLDivElement);
  #jump = new Jump(() => this.followEnd());
  #head = new RoomHead();
  #edges = new RoomEdges();
  /** @type {View | null} */
  #view = null;
  /** @type {Entry | null} */
  #entry = null;
  #readers = new ReadMarks();
  #pointedOut = new PointedOut(() => this.#schedule());
  #attention = new Attention(this.#scrollBox, () => this.#noteSeen());
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
   * } & Pick<Acts, "onActions" | "onReact" | "onUndo" | "onDay">} parts
   */
  constructor(chat, { onSeen, onLook, beingDeleted, previews, ...acts }) {
    this.#chat = chat;
    this.#onSeen = onSeen;
    this.#onLook = onLook;
    this.#beingDeleted = beingDeleted;
    this.#quotes = new Quotes(chat, () => this.#schedule());
    this.#lightbox = new Lightbox(chat);
    /** @type {Acts} */
    const all = {
      ...acts,
      me: () => chat.user ?? { userId: "", username: "" },
      // What comes of it shows in the list.
      onResend: (outgoing) => void chat.resend(outgoing).catch(() => {}),
      onDiscard: (outgoing) => chat.discard(outgoing),
      onQuote: (messageId) => void this.bring(messageId),
      fileElement: (file) => this.#fileElement(file, previews),
    };
    this.#list = new MessageList(all, (index) => this.#scroller.bring(index));
    this.#scroller = new Scroller(this.#scrollBox, this.#list, () => this.#looked());
    chat.on("read", ({ conversationId, userId, username, seq }) => {
      if (conversationId !== this.#entry?.id) return;
      this.#readers.note([{ userId, username, seq }]);
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
    this.#lightbox.close();
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
    this.#head.show(entry, members, this.#chat.user?.userId ?? "", online);
    this.#readers.note(members.map((it) => ({ ...it, seq: it.lastReadSeq })));
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
    this.#head.focus();
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
    const row = this.#list.elementOf(this.#indexOf(messageId));
    /** @type {HTMLElement | null | undefined} */ (row?.querySelector(selector))?.focus();
  }

  /**
   * A message that is shown.
   * @param {string} messageId
   */
  messageOf(messageId) {
    return this.#view?.find(messageId) ?? null;
  }

  /** The user's own last message that can be edited. */
  get lastOwn() {
    const me = this.#chat.user?.userId;
    const isOwn = (/** @type {Message} */ it) => it.userId === me && !it.deletedAt;
    return lastWhere(this.#view?.messages ?? [], isOwn);
  }

  /** @param {string} messageId */
  #indexOf(messageId) {
    return this.#list.indexOf(this.#view?.find(messageId) ?? null);
  }

  /**
   * @param {AttachmentRef} file
   * @param {Previews} previews
   */
  #fileElement(file, previews) {
    const conversationId = this.#entry?.id ?? "";
    const open = () => this.#lightbox.open(conversationId, file, this.#files);
    return fileElement({ chat: this.#chat, conversationId, previews }, file, open);
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
      if (view && isFar(messageId, view)) await view.showAround(numberIn(messageId));
      while (view === this.#view && view && !view.find(messageId) && view.hasEarlier) {
        await view.loadEarlier();
      }
    } catch {
      // The edge of the list says why.
    }
    if (view !== this.#view || !view?.find(messageId)) return;
    this.#pointedOut.set(messageId);
    this.#render();
    this.#scroller.bring(this.#indexOf(messageId));
  }

  /** To the end: what the user writes belongs there, so that is where they look. */
  followEnd() {
    this.#unreadAfter = null;
    this.#view?.showNewest();
    this.#scroller.end();
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
    if (isBeginning && view.isLoaded) this.#unreadAfter = this.#lastRead(view, me.userId);
    const shown = {
      ...{ messages, outgoing, changes, me, now: new Date() },
      ...{ readers: this.#readers.all, unreadAfter: this.#unreadAfter },
      quoted: (/** @type {string} */ id) =>
        view.find(id) ?? this.#quotes.of(view.conversationId, id),
      ...{ beingDeleted: this.#beingDeleted(), pointedOut: this.#pointedOut.id },
    };
    this.#scroller.change(this.#list.set(shown), view.hasLater);
    this.#lightbox.retain(() => this.#files);
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
    const own = lastWhere(messages, ({ userId }) => userId === me);
    return Math.max(this.#unreadAfter, own?.seq ?? 0);
  }

  /**
   * A conversation opens at the first message that is new, or else at its end. What is not marked
   * as new then is not later.
   * @param {View} view
   */
  #begin({ isLoaded, hasLater }) {
    const mark = this.#list.firstUnread;
    if (isLoaded && mark < 0) this.#unreadAfter = null;
    if (mark >= 0) this.#scroller.bring(mark);
    else if (!hasLater) this.#scroller.end();
  }

  /** What comes of what is in view. */
  #looked() {
    this.#jump.show(this.#scroller.isAtEnd, this.#entry?.unread ?? 0);
    this.#noteSeen();
    if (this.#scroller.isNearBeginning) this.#loadEarlier();
    if (this.#scroller.isNearEnd) this.#loadLater();
  }

  /** @param {View} view */
  #showEdges(view) {
    const { isLoaded, messages, outgoing, error } = view;
    this.#edges.show(view);
    this.#scrollBox.setAttribute("aria-busy", String(!isLoaded && !error));
    this.#scrollBox.classList.toggle("empty", messages.length + outgoing.length === 0);
  }

  /** What was in view has been read. */
  #noteSeen() {
    const { isAtEnd, lastInView } = this.#scroller;
    const isLookedAt = this.#attention.isThere && this.#view?.isLoaded;
    this.#onLook(isLookedAt && isAtEnd ? (this.#entry?.id ?? null) : null);
    if (!isLookedAt || !this.#view) return;
    const last = lastUpTo(this.#view.messages, isAtEnd ? Infinity : this.#list.seqAt(lastInView));
    if (!last || last.seq <= (this.#entry?.readSeq ?? 0)) return;
    this.#chat.markRead(last);
    this.#onSeen(last.conversationId, last.seq);
  }

  #loadEarlier() {
    this.#view?.loadEarlier().catch((error) => this.#edges.earlierFailed(error));
  }

  #loadLater() {
    this.#view?.loadLater().catch((error) => this.#edges.laterFailed(error));
  }
}
