/**
 * `<parley-chat url="wss://…" conversation="general" token="…">`: a conversation, on any page. This
 * module defines the element.
 */

import { render } from "preact";

import textCss from "../page/styles/text.css";
import { Embed } from "./embed.js";
import css from "./parley-chat.css";
import { Texts, languageAround } from "./texts.js";
import { elementView } from "./view.js";

/** @import { Chat } from "../src/index.js" */
/** @import { ParleyChatElement } from "./parley-chat.d.ts" */
/** @import { TokenSource } from "./sign-in.js" */

const styles = [textCss, css].map((text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
});

/** Properties that a page may set before the element is defined. */
const PROPERTIES = /** @type {const} */ (["getToken", "words"]);

/** @implements {ParleyChatElement} */
export class ParleyChat extends HTMLElement {
  static observedAttributes = ["url", "conversation", "token", "lang"];
  /** @type {Embed | null} */
  #embed = null;
  /** @type {ParleyChatElement["getToken"]} */
  #getToken = null;
  /** @type {ParleyChatElement["words"]} */
  #words = {};
  /** @type {Texts | null} null until they are wanted */
  #texts = null;
  #isDrawing = false;
  #isStarting = false;
  #root = this.attachShadow({ mode: "open" });

  constructor() {
    super();
    this.#root.adoptedStyleSheets = styles;
  }

  /** @returns {Chat | null} */
  get chat() {
    return this.#embed?.chat ?? null;
  }

  get getToken() {
    return this.#getToken;
  }

  set getToken(getToken) {
    this.#getToken = getToken;
    this.#restart();
  }

  get words() {
    return this.#words;
  }

  set words(words) {
    this.#words = words;
    this.#texts = null;
    this.#draw();
  }

  connectedCallback() {
    // The language may be another one where the element is now.
    this.#texts = null;
    for (const name of PROPERTIES) this.#upgrade(name);
    if (!this.#embed) this.#restart();
  }

  disconnectedCallback() {
    // An element that is moved is connected again at once.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    this.#texts = null;
    if (name === "conversation" && this.#embed && now) this.#embed.show(now);
    else if (name === "lang") this.#draw();
    else this.#restart();
  }

  /** @param {(typeof PROPERTIES)[number]} name */
  #upgrade(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = /** @type {any} */ (this)[name];
    delete (/** @type {any} */ (this)[name]);
    Object.assign(this, { [name]: value });
  }

  #start() {
    const url = this.getAttribute("url");
    const conversation = this.getAttribute("conversation");
    if (!url || !conversation) return;
    const onChange = () => this.#draw();
    const onEvent = (/** @type {string} */ name, /** @type {unknown} */ detail) =>
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    const settings = { url, conversation, source: this.#source };
    this.#embed = new Embed(settings, { onChange, onEvent });
    this.#draw();
  }

  /** @returns {TokenSource | null} */
  get #source() {
    return this.#getToken ?? (this.getAttribute("token") || null);
  }

  #end() {
    this.#embed?.end();
    this.#embed = null;
    render(null, this.#root);
  }

  /** Soon, and once for all that the page sets at one time. */
  #restart() {
    if (this.#isStarting) return;
    this.#isStarting = true;
    queueMicrotask(() => {
      this.#isStarting = false;
      this.#end();
      if (this.isConnected) this.#start();
    });
  }

  /** Soon, and once for all that happens at one time. */
  #draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      if (this.#embed) this.#drawNow(this.#embed);
    });
  }

  /** @param {Embed} embed */
  #drawNow(embed) {
    this.#texts ??= new Texts(languageAround(this), this.#words, navigator.languages);
    const onSignOut = () => {
      embed.signIn.leave();
      this.#restart();
    };
    render(elementView({ embed, texts: this.#texts, onSignOut }), this.#root);
  }
}

customElements.define("parley-chat", ParleyChat);
