import { Component, createRef, h } from "preact";

import { rowView } from "./message-row.js";
import { rowsOf } from "./rows.js";

/** @import { Row } from "./rows.js" */
/** @import { Shown } from "./view.js" */

/** How near to the end counts as being at it. */
const NEAR_PX = 60;
/** The first unread message has so much of the box above it. */
const ABOVE = 1 / 3;
/** How near to the beginning the page before is wanted. */
const EARLY_PX = 300;

/**
 * The messages, in a box that scrolls. A reader at the end stays at the end; for another one, what is
 * looked at stays where it is.
 * @extends {Component<{ shown: Shown }, { missed: number }>}
 */
export class MessageList extends Component {
  /** @override */
  state = { missed: 0 };
  /** @type {import("preact").RefObject<HTMLDivElement | null>} */
  #box = createRef();
  #stop = new AbortController();
  /** @type {Row[]} */
  #rows = [];
  #hasBegun = false;
  #isAtEnd = true;
  #isInView = false;
  /** @type {ResizeObserver | null} */
  #sizes = null;
  /** @type {IntersectionObserver | null} */
  #views = null;

  /** @override */
  componentDidMount() {
    const box = this.#element;
    const { signal } = this.#stop;
    this.#sizes = new ResizeObserver(() => this.#isAtEnd && this.#toEnd());
    this.#sizes.observe(box);
    this.#views = new IntersectionObserver(([entry]) => {
      this.#isInView = entry?.isIntersecting ?? false;
      this.#read();
    });
    this.#views.observe(box);
    document.addEventListener("visibilitychange", () => this.#read(), { signal });
    window.addEventListener("focus", () => this.#read(), { signal });
    this.#drawn();
  }

  /** @override */
  componentWillUnmount() {
    this.#stop.abort();
    this.#sizes?.disconnect();
    this.#views?.disconnect();
  }

  /** @override */
  getSnapshotBeforeUpdate() {
    const { scrollHeight, scrollTop } = this.#element;
    return { height: scrollHeight, top: scrollTop, first: firstKey(this.#drawnRows) };
  }

  /**
   * @override
   * @param {unknown} _props
   * @param {unknown} _state
   * @param {{ height: number, top: number, first: string }} before
   */
  componentDidUpdate(_props, _state, before) {
    const box = this.#element;
    const isEarlier = this.#hasBegun && before.first !== firstKey(this.#rows);
    if (isEarlier && !this.#isAtEnd) box.scrollTop = before.top + box.scrollHeight - before.height;
    this.#drawn();
  }

  /** @override */
  render() {
    const { shown } = this.props;
    const { texts, conversation } = shown;
    const names = new Set(["everybody", shown.me.username]);
    for (const { username } of conversation.authors) names.add(username);
    this.#rows = conversation.isReady ? rowsOf(shownRows(shown)) : [];
    const attributes = {
      ...{ class: "scroller", part: "messages", role: "log", "aria-live": "off", tabIndex: 0 },
      ...{ "aria-label": texts.text("room.messages"), ref: this.#box },
    };
    return h(
      "div",
      { class: "middle" },
      h(
        "div",
        { ...attributes, onScroll: () => this.#scrolled() },
        h("p", { class: "beginning" }, beginning(shown)),
        h("ol", {}, ...this.#rows.map((row) => rowView(row, shown, (name) => names.has(name)))),
      ),
      !this.#isAtEnd && this.#jump(),
    );
  }

  #jump() {
    const { texts } = this.props.shown;
    const { missed: count } = this.state;
    const says = count ? texts.text("room.new_messages", { count }) : texts.text("room.latest");
    const onClick = () => this.#toEnd();
    return h("button", { type: "button", class: "jump", part: "button jump", onClick }, says);
  }

  get #element() {
    return /** @type {HTMLDivElement} */ (this.#box.current);
  }

  /** Something is drawn: the place for it, what is read by that, and whether more is wanted. */
  #drawn() {
    if (!this.#hasBegun && this.#rows.length > 0) this.#begin();
    else if (this.#isAtEnd) this.#toEnd();
    else this.#count();
    this.#drawnRows = this.#rows;
    this.#read();
    this.#loadEarlier();
  }
  /** @type {Row[]} */
  #drawnRows = [];

  /** At the first unread message, or else at the end. */
  #begin() {
    this.#hasBegun = true;
    const box = this.#element;
    const unread = box.querySelector(".unread");
    if (!(unread instanceof HTMLElement)) return this.#toEnd();
    // Not with scrollIntoView, which would scroll the page too.
    box.scrollTop = unread.offsetTop - box.clientHeight * ABOVE;
    this.#scrolled();
  }

  #toEnd() {
    const box = this.#element;
    box.scrollTop = box.scrollHeight;
    this.#setAtEnd(true);
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#element;
    this.#setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_PX);
    this.#read();
    this.#loadEarlier();
  }

  /** @param {boolean} isAtEnd */
  #setAtEnd(isAtEnd) {
    if (isAtEnd === this.#isAtEnd) return;
    this.#isAtEnd = isAtEnd;
    this.setState({ missed: 0 });
  }

  /** Messages that came while the reader was elsewhere. One's own brings the reader back. */
  #count() {
    const known = new Set(this.#drawnRows.map(({ key }) => key));
    const last = this.#rows.map(({ key }) => known.has(key)).lastIndexOf(true);
    const added = last < 0 ? [] : this.#rows.slice(last + 1);
    const messages = added.filter((row) => row.kind === "message");
    if (messages.some(({ isOwn }) => isOwn)) return this.#toEnd();
    const { length: count } = messages;
    if (count > 0) this.setState(({ missed }) => ({ missed: missed + count }));
  }

  #read() {
    const isLooking = document.visibilityState === "visible" && document.hasFocus();
    const { conversation } = this.props.shown;
    const last = conversation.timeline.messages.at(-1);
    if (last && this.#hasBegun && isLooking && this.#isInView && this.#isAtEnd)
      conversation.seen(last);
  }

  #loadEarlier() {
    const { timeline } = this.props.shown.conversation;
    if (!this.#hasBegun || !timeline.hasEarlier || this.#element.scrollTop > EARLY_PX) return;
    // What fails is tried again when the reader scrolls.
    timeline.loadEarlier().catch(() => {});
  }
}

/** @param {Row[]} rows */
function firstKey(rows) {
  return rows[0]?.key ?? "";
}

/** @param {Shown} shown */
function shownRows({ conversation, me }) {
  const { timeline, unreadAfter } = conversation;
  const { messages, outgoing } = timeline;
  return { messages, outgoing, me, unreadAfter, now: new Date() };
}

/** @param {Shown} shown */
function beginning({ texts, conversation }) {
  const { isReady, timeline } = conversation;
  const { error, isLoaded, hasEarlier, messages } = timeline;
  if (error) return texts.problem(error);
  if (!isReady || !isLoaded || hasEarlier) return texts.text("room.loading");
  return texts.text(messages.length > 0 ? "room.begins" : "room.empty");
}
