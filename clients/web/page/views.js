import { Component, createRef, h } from "preact";

import { portrait } from "./finding/avatar-view.js";
import { beginningOf } from "./text/characters.js";

const HUES = 8;

/**
 * What Preact draws on this page, and what is drawn by hand within it. As everywhere here, text
 * becomes text and never markup.
 */

/** @typedef {import("preact").ComponentChildren} View */

/** @param {string} name one of those in index.html */
export function iconView(name) {
  return h("svg", { class: "icon", "aria-hidden": "true" }, h("use", { href: `#icon-${name}` }));
}

/**
 * Text that is heard but not seen.
 * @param {string} text
 */
export function hiddenView(text) {
  return h("span", { class: "hidden-text" }, text);
}

/**
 * A round mark of a person: their picture, or else a letter. It is decoration, beside their name.
 * @param {string} name
 * @param {string} [userId] without it there is no picture
 * @param {View} [picture] in place of the user's own
 */
export function personAvatar(name, userId = "", picture = null) {
  const attributes = { class: "avatar", "data-hue": hueOf(name), "aria-hidden": "true" };
  const letter = (beginningOf(name.trim(), 1) || "?").toUpperCase();
  return h("span", attributes, letter, picture, userId && portrait(userId));
}

/**
 * @param {{ kind: "group" | "direct", otherId?: string }} conversation
 * @param {string} name
 */
export function conversationAvatar({ kind, otherId }, name) {
  if (kind === "direct") return personAvatar(name, otherId);
  const attributes = { class: "avatar square", "data-hue": hueOf(name), "aria-hidden": "true" };
  return h("span", attributes, iconView("group"));
}

/**
 * An avatar with a dot: full if its person is online, a ring if not.
 * @param {View} avatar
 * @param {boolean} isOnline
 */
export function withPresence(avatar, isOnline) {
  return h("span", { class: isOnline ? "presence online" : "presence" }, avatar);
}

/**
 * One of a few hues, always the same for the same name.
 * @param {string} name
 */
function hueOf(name) {
  let sum = 7;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return String(sum % HUES);
}

/**
 * What is drawn again only once it is of something else.
 * @extends {Component<{ of: unknown, draw: () => View }>}
 */
export class Lasting extends Component {
  /**
   * @override
   * @param {{ of: unknown }} next
   */
  shouldComponentUpdate({ of }) {
    return of !== this.props.of;
  }

  /** @override */
  render() {
    return this.props.draw();
  }
}

/**
 * An element that is made by hand, and made again only for something else.
 * @extends {Component<{ of: string, make: () => Element }>}
 */
export class Made extends Component {
  /** @type {import("preact").RefObject<HTMLDivElement | null>} */
  #box = createRef();

  /** @override */
  componentDidMount() {
    this.#put();
  }

  /**
   * @override
   * @param {{ of: string }} next
   */
  shouldComponentUpdate({ of }) {
    return of !== this.props.of;
  }

  /** @override */
  componentDidUpdate() {
    this.#put();
  }

  /** @override */
  render() {
    return h("div", { class: "made", ref: this.#box });
  }

  #put() {
    this.#box.current?.replaceChildren(this.props.make());
  }
}
