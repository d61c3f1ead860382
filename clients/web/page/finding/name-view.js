import { Component, h } from "preact";

import { profiles } from "./profiles.js";

/**
 * What shows names of people: it is drawn again when those, or pictures, change.
 * @extends {Component<{ draw: () => import("preact").ComponentChildren }>}
 */
class Named extends Component {
  #end = () => {};

  /** @override */
  componentDidMount() {
    this.#end = profiles.onChange(() => this.forceUpdate());
  }

  /** @override */
  componentWillUnmount() {
    this.#end();
  }

  /** @override */
  render() {
    return this.props.draw();
  }
}

/** @param {() => import("preact").ComponentChildren} draw */
export function named(draw) {
  return h(Named, { draw });
}
