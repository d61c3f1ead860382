import { Component, createRef, h } from "preact";

import { ParleyError } from "../src/index.js";
import { endText } from "./status.js";

/** @import { Embed } from "./embed.js" */
/** @import { Texts } from "./texts.js" */

/** @typedef {{ embed: Embed, texts: Texts }} Props */

/** The session ended: the form shows why, but not as a mistake of the user. */
const ENDED = new Set(["signed_out", "token_expired", "invalid_token", "no_token"]);

/**
 * Where a user types a name and a password, if the page has no token.
 * @extends {Component<Props, { missing: "login.ask_username" | "login.ask_password" | null }>}
 */
export class SignInForm extends Component {
  /** @override */
  state = { missing: /** @type {"login.ask_username" | "login.ask_password" | null} */ (null) };
  /** @type {import("preact").RefObject<HTMLInputElement | null>} */
  #username = createRef();
  /** @type {import("preact").RefObject<HTMLInputElement | null>} */
  #password = createRef();

  /** @override */
  render() {
    const { texts, embed } = this.props;
    const isBusy = embed.signIn.stage === "entering";
    const label = texts.text(isBusy ? "login.signing_in" : "login.sign_in");
    return h(
      "form",
      {
        ...{ class: "sign-in", part: "sign-in", noValidate: true },
        onSubmit: (/** @type {Event} */ event) => this.#submit(event),
      },
      h("h2", {}, texts.text("login.title")),
      this.#field("username", "text", this.#username),
      this.#field("password", "password", this.#password),
      h("p", { class: "problem", role: "alert" }, this.#problem()),
      h("button", { type: "submit", class: "primary", part: "button", disabled: isBusy }, label),
    );
  }

  /**
   * @param {"username" | "password"} name
   * @param {string} type
   * @param {import("preact").RefObject<HTMLInputElement | null>} ref
   */
  #field(name, type, ref) {
    const autoComplete = name === "username" ? "username" : "current-password";
    const attributes = { ref, type, name, autoComplete, part: "input", autoCapitalize: "none" };
    const label = h("span", {}, this.props.texts.text(`login.${name}`));
    return h("label", { class: "field" }, label, h("input", { ...attributes, dir: "auto" }));
  }

  #problem() {
    const { texts, embed } = this.props;
    const { error } = embed.signIn;
    if (this.state.missing) return texts.text(this.state.missing);
    if (!error) return "";
    const isEnd = error instanceof ParleyError && ENDED.has(error.code);
    return isEnd ? endText(error, texts) : texts.problem(error);
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const [name, password] = [this.#username.current, this.#password.current];
    if (!name || !password) return;
    const username = name.value.trim();
    const missing = !username
      ? "login.ask_username"
      : !password.value
        ? "login.ask_password"
        : null;
    this.setState({ missing });
    if (missing) return (username ? password : name).focus();
    this.props.embed.signIn.submit(username, password.value);
  }
}
