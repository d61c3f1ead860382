import { closeOnBack } from "../back.js";
import { byId, say } from "../dom.js";
import { problemText } from "../problems.js";
import { words } from "../words/index.js";
import { choicesFor } from "./choices.js";
import { directWith } from "./direct.js";
import { PeopleDirectory } from "./people-directory.js";
import { drawChoices } from "./switcher-list.js";

/** @import { Chat } from "../../src/index.js" */
/** @import { Directory } from "../directory.js" */
/** @import { Acquaintances } from "./acquaintances.js" */
/** @import { Choice } from "./choices.js" */

const STEPS = new Map([
  ["ArrowDown", 1],
  ["ArrowUp", -1],
]);
/** Where Ctrl-K deletes to the end of a line, Cmd-K is ours. */
const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

/** The dialog behind Ctrl-K and Cmd-K: leads to a conversation or a person by their names. */
export class Switcher {
  #dialog = byId("switcher", HTMLDialogElement);
  #field = byId("switcher-text", HTMLInputElement);
  #list = byId("switcher-list", HTMLDivElement);
  #status = byId("switcher-status", HTMLParagraphElement);
  #problem = byId("switcher-problem", HTMLParagraphElement);
  /** @type {Choice[]} */
  #choices = [];
  /** @type {string | null} the key of the one that Enter chooses */
  #active = null;
  #isBusy = false;
  #others;
  #chat;
  #directory;
  #people;
  #onOpen;

  /**
   * @param {Chat} chat
   * @param {Directory} directory
   * @param {Acquaintances} people
   * @param {(conversationId: string) => void} onOpen
   */
  constructor(chat, directory, people, onOpen) {
    this.#chat = chat;
    this.#directory = directory;
    this.#people = people;
    this.#others = new PeopleDirectory(chat);
    this.#onOpen = onOpen;
    byId("switcher-open", HTMLButtonElement).addEventListener("click", () => this.open());
    byId("switcher-close", HTMLButtonElement).addEventListener("click", () => this.#dialog.close());
    this.#field.addEventListener("input", () => this.#type());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.#shortcut(event));
  }

  open() {
    if (!this.#directory.hasLists) return;
    this.#field.value = "";
    say(this.#problem, "");
    this.#dialog.showModal();
    this.#dialog.addEventListener(
      "close",
      closeOnBack(() => this.#dialog.close()),
      { once: true },
    );
    this.#type();
    void this.#people.learn(() => this.#dialog.open && this.#show());
  }

  /** @param {KeyboardEvent} event */
  #shortcut(event) {
    const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
    const isHeld = IS_APPLE ? metaKey && !ctrlKey : ctrlKey && !metaKey;
    if (!isHeld || altKey || shiftKey || key.toLowerCase() !== "k") return;
    const isSignedIn = !byId("chat", HTMLDivElement).hidden;
    if (!isSignedIn || (!this.#dialog.open && document.querySelector("dialog[open]"))) return;
    event.preventDefault();
    if (this.#dialog.open) this.#dialog.close();
    else this.open();
  }

  #type() {
    this.#active = null;
    this.#list.scrollTop = 0;
    this.#others.look(this.#field.value, () => this.#dialog.open && this.#show());
    this.#show();
  }

  #show() {
    const known = this.#people.all;
    const ids = new Set([...known.map(({ userId }) => userId), this.#chat.user?.userId]);
    const others = this.#others.found.filter(({ userId }) => !ids.has(userId));
    const people = [...known, ...others];
    this.#choices = choicesFor(this.#field.value, this.#directory.entries, people);
    const at = this.#at;
    this.#active = keyOf(this.#choices[at]);
    const isEmpty = this.#choices.length === 0;
    this.#list.hidden = isEmpty;
    this.#field.setAttribute("aria-expanded", String(!isEmpty));
    say(this.#status, isEmpty ? words("switcher.none") : "");
    drawChoices(this.#list, this.#choices, at, (choice) => void this.#choose(choice));
    if (isEmpty) this.#field.removeAttribute("aria-activedescendant");
    else this.#field.setAttribute("aria-activedescendant", `switcher-${at}`);
    this.#list.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  /** Where the one is that Enter chooses, also when others come before it meanwhile. */
  get #at() {
    return Math.max(
      0,
      this.#choices.findIndex((choice) => keyOf(choice) === this.#active),
    );
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const step = STEPS.get(event.key) ?? 0;
    const { length } = this.#choices;
    const choice = this.#choices[this.#at];
    if (step && length > 0) {
      this.#active = keyOf(this.#choices[(this.#at + step + length) % length]);
      this.#show();
    } else if (event.key === "Enter" && choice) void this.#choose(choice);
    else return;
    event.preventDefault();
  }

  /** @param {Choice} choice */
  async #choose(choice) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    say(this.#problem, "");
    try {
      const parts = { chat: this.#chat, directory: this.#directory };
      const id =
        choice.kind === "conversation" ? choice.id : await directWith(parts, choice.person);
      if (!this.#dialog.open) return;
      this.#dialog.close();
      this.#onOpen(id);
    } catch (error) {
      say(this.#problem, problemText(error));
    } finally {
      this.#isBusy = false;
    }
  }
}

/** @param {Choice | undefined} choice */
function keyOf(choice) {
  return choice ? `${choice.kind} ${choice.id}` : null;
}
