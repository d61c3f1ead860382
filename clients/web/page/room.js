import { conversationAvatar } from "./avatar.js";
import { nameOf } from "./directory.js";
import { byId, say } from "./dom.js";
import { MessageList } from "./message-list.js";
import { Scroller } from "./scroller.js";

/** @import { Chat, Member, Timeline } from "../src/index.js" */
/** @import { Entry } from "./directory.js" */

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
  /** @type {Timeline | null} */
  #timeline = null;
  /** @type {Entry | null} */
  #entry = null;
  /** @type {Map<string, { username: string, seq: number }>} how far each of the others has read */
  #readers = new Map();
  /** @type {number | null} where "New" stands: after what had been read when it was opened */
  #unreadAfter = null;
  #missed = 0;
  #frame = 0;
  #chat;
  #onSeen;
  #list;
  #scroller;

  /**
   * @param {Chat} chat
   * @param {{ onSeen: (id: string, seq: number) => void }} listeners
   */
  constructor(chat, { onSeen }) {
    this.#chat = chat;
    this.#onSeen = onSeen;
    this.#list = new MessageList({
      // What comes of it shows in the list.
      onResend: (outgoing) => void chat.resend(outgoing).catch(() => {}),
      onDiscard: (outgoing) => chat.discard(outgoing),
    });
    this.#scroller = new Scroller(this.#scrollBox, this.#list.element, {
      onEnd: () => this.#reachedEnd(),
      onBeginning: () => this.#loadEarlier(),
      onScroll: () => this.#showJump(),
    });
    this.#jump.addEventListener("click", () => this.#scroller.end());
    document.addEventListener("visibilitychange", () => this.#reachedEnd());
    chat.on("read", ({ conversation_id, user_id, username, seq }) => {
      if (conversation_id !== this.#entry?.id) return;
      this.#note(user_id, username, seq);
      this.#schedule();
    });
    chat.on("message", ({ conversation_id, user_id }) => {
      const isElsewhere = conversation_id !== this.#entry?.id || user_id === chat.user?.user_id;
      if (!isElsewhere && !this.#scroller.isAtEnd) this.#missed++;
    });
  }

  /**
   * @param {Entry} entry
   * @param {Timeline} timeline
   */
  open(entry, timeline) {
    this.#entry = entry;
    this.#timeline = timeline;
    this.#readers.clear();
    this.#list.clear();
    this.#missed = 0;
    this.#unreadAfter = entry.unread > 0 ? entry.readSeq : null;
    timeline.on("change", () => this.#schedule());
    this.#scroller.end();
    this.head(entry, []);
    this.#render();
  }

  /**
   * @param {Entry} entry
   * @param {Member[]} members
   */
  head(entry, members) {
    this.#entry = entry;
    const name = nameOf(entry);
    say(this.#title, name);
    this.#avatar.replaceChildren(conversationAvatar(entry, name));
    say(this.#peopleLine, peopleLine(entry, members, this.#chat.user?.user_id ?? ""));
    for (const { user_id, username, last_read_seq } of members) {
      this.#note(user_id, username, last_read_seq);
    }
    this.#schedule();
  }

  focus() {
    this.#title.focus();
  }

  /** What the user writes belongs at the end, so that is where they look. */
  followEnd() {
    this.#unreadAfter = null;
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
    const timeline = this.#timeline;
    const me = this.#chat.user;
    if (!timeline || !me) return;
    const { messages, outgoing } = timeline;
    const now = new Date();
    const readers = this.#readers;
    const wasEmpty = this.#list.isEmpty;
    const shown = { messages, outgoing, me, readers, unreadAfter: this.#unreadAfter, now };
    this.#scroller.around(() => this.#list.show(shown));
    if (wasEmpty && !this.#list.isEmpty) this.#begin();
    this.#showEdges(timeline);
    this.#showJump();
    this.#reachedEnd();
    if (this.#scroller.isNearBeginning) this.#loadEarlier();
  }

  /** A conversation opens at the first message that is new, or else at its end. */
  #begin() {
    const { mark } = this.#list;
    if (mark) this.#scroller.bring(mark);
    else this.#scroller.end();
  }

  /** @param {Timeline} timeline */
  #showEdges({ typing, isLoaded, hasEarlier, messages, outgoing, error }) {
    say(this.#typing, typingLine(typing.map(({ username }) => username)));
    this.#typing.classList.toggle("active", typing.length > 0);
    this.#scrollBox.setAttribute("aria-busy", String(!isLoaded && !error));
    const isEmpty = messages.length + outgoing.length === 0;
    this.#scrollBox.classList.toggle("empty", isEmpty);
    say(this.#beginning, beginningLine({ isLoaded, hasEarlier, isEmpty, error }));
  }

  #showJump() {
    this.#jump.hidden = this.#scroller.isAtEnd;
    if (this.#scroller.isAtEnd) this.#missed = 0;
    const many = this.#missed === 1 ? "1 new message" : `${this.#missed} new messages`;
    say(this.#jumpText, this.#missed ? many : "Latest messages");
  }

  #reachedEnd() {
    const last = this.#timeline?.messages.at(-1);
    const isSeen = document.visibilityState === "visible" && this.#scrollBox.clientHeight > 0;
    if (!last || !isSeen || !this.#scroller.isAtEnd) return;
    this.#chat.markRead(last);
    this.#onSeen(last.conversation_id, last.seq);
  }

  async #loadEarlier() {
    try {
      await this.#timeline?.loadEarlier();
    } catch (error) {
      say(this.#beginning, `Earlier messages could not be loaded: ${messageOf(error)}`);
    }
  }
}

/**
 * @param {Entry} entry
 * @param {Member[]} members
 * @param {string} me
 */
function peopleLine({ kind }, members, me) {
  const others = members.filter(({ user_id }) => user_id !== me);
  if (kind === "direct" && others[0]) return others[0].online ? "Online" : "Offline";
  if (members.length === 0) return "";
  const online = members.filter((member) => member.online).length;
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
