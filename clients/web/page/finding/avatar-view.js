import { Component, h } from "preact";

import { avatars } from "./avatars.js";

/**
 * The picture of a user, over what is shown without one. It is decoration: the name stands beside it.
 * @extends {Component<{ userId: string }>}
 */
class Portrait extends Component {
  #end = () => {};
  /** @type {string | null} */
  #shown = null;

  /** @override */
  componentDidMount() {
    const { userId } = this.props;
    this.#end = avatars.watch(userId, () => {
      if (avatars.urlOf(userId) !== this.#shown) this.forceUpdate();
    });
  }

  /** @override */
  componentWillUnmount() {
    this.#end();
  }

  /** @override */
  render() {
    this.#shown = avatars.urlOf(this.props.userId);
    return this.#shown && h("img", { src: this.#shown, alt: "", draggable: false });
  }
}

/** @param {string} userId */
export function portrait(userId) {
  return h(Portrait, { key: userId, userId });
}
