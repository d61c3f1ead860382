import { Component, createRef, h } from "preact";

import { hueOf, initialOf } from "./avatar.js";

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
 * A round mark of a person; decoration, beside their name.
 * @param {string} name
 */
export function avatarView(name) {
  const attributes = { class: "avatar", "data-hue": hueOf(name), "aria-hidden": "true" };
  return h("span", attributes, initialOf(name));
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
