import { closeOnBack } from "../back.js";
import { byId, element, say } from "../dom.js";
import { placeAt } from "../placing.js";
import { words } from "../words/index.js";
import { loadEmoji, withTone } from "./data.js";
import { moved } from "./moves.js";
import { Remembered } from "./remembered.js";
import { searchEmoji } from "./search.js";

/** @import { Emoji } from "./data.js" */

/** The groups of the data that are shown, in its order; the one between them is of skins and hair. */
const GROUPS = /** @type {const} */ ([
  [0, "😀", "emoji.smileys"],
  [1, "👋", "emoji.people"],
  [3, "🐻", "emoji.nature"],
  [4, "🍎", "emoji.food"],
  [5, "🚗", "emoji.travel"],
  [6, "⚽", "emoji.activities"],
  [7, "💡", "emoji.objects"],
  [8, "❤️", "emoji.symbols"],
  [9, "🏁", "emoji.flags"],
]);
const TONES = ["👋", "👋🏻", "👋🏼", "👋🏽", "👋🏾", "👋🏿"];
const FOUND = 64;

/**
 * A box with all emoji: by group, by a search, and those chosen last. The arrow keys lead through them,
 * Enter chooses, Escape closes.
 */
export class EmojiPicker {
  #box = byId("emoji-picker", HTMLDivElement);
  #search = byId("emoji-search", HTMLInputElement);
  #tone = byId("emoji-tone", HTMLSelectElement);
  #groups = byId("emoji-groups", HTMLDivElement);
  #list = byId("emoji-list", HTMLDivElement);
  #status = byId("emoji-status", HTMLParagraphElement);
  #retry = byId("emoji-retry", HTMLButtonElement);
  /** @type {HTMLElement | null} */
  #anchor = null;
  #leave = () => {};
  #onChoose = (/** @type {string} */ _emoji) => {};
  /** @type {readonly Emoji[]} */
  #all = [];
  #remembered;

  /** @param {() => Pick<Storage, "getItem" | "setItem">} storage where what was chosen is kept */
  constructor(storage) {
    this.#remembered = new Remembered(storage);
    this.#search.addEventListener("input", () => this.#render());
    this.#tone.addEventListener("change", () => this.#setTone());
    this.#retry.addEventListener("click", () => this.#load());
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", ({ target }) => this.#clicked(target));
    this.#box.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "closed") this.#closed();
    });
    this.#groups.append(
      ...GROUPS.map(([group, sign, name]) => this.#groupButton(group, sign, words(name))),
    );
    this.#tone.append(...TONES.map((sign, tone) => toneOption(sign, tone)));
  }

  /**
   * @param {HTMLElement} anchor the button, which gets the focus back
   * @param {(emoji: string) => void} onChoose
   */
  open(anchor, onChoose) {
    this.#anchor = anchor;
    this.#onChoose = onChoose;
    this.#search.value = "";
    this.#tone.value = String(this.#remembered.tone);
    this.#box.showPopover();
    this.#leave = closeOnBack(() => this.#box.hidePopover());
    if (anchor.hasAttribute("aria-expanded")) anchor.setAttribute("aria-expanded", "true");
    placeAt(this.#box, anchor);
    // A keyboard on the screen would cover what there is to choose from.
    if (window.matchMedia("(hover: hover)").matches) this.#search.focus();
    else this.#box.focus();
    void this.#load();
  }

  async #load() {
    this.#retry.hidden = true;
    say(this.#status, this.#all.length > 0 ? "" : words("emoji.loading"));
    try {
      this.#all = await loadEmoji();
      this.#render();
    } catch {
      say(this.#status, words("emoji.failed"));
      this.#retry.hidden = false;
    }
  }

  #render() {
    const query = this.#search.value.trim();
    const found = query === "" ? null : searchEmoji(this.#all, query, FOUND);
    this.#groups.hidden = found !== null;
    const sections = found ? [this.#section(words("emoji.found"), found)] : this.#sections();
    this.#list.replaceChildren(...sections);
    this.#list.scrollTop = 0;
    say(this.#status, found?.length === 0 ? words("emoji.none") : "");
    const first = this.#buttons()[0];
    if (first) first.tabIndex = 0;
  }

  #sections() {
    const recent = this.#remembered.recent.map((emoji) => this.#known(emoji));
    const groups = GROUPS.map(([group, , name]) => {
      const section = this.#section(
        words(name),
        this.#all.filter((it) => it.group === group),
      );
      section.dataset["group"] = String(group);
      return section;
    });
    return recent.length > 0 ? [this.#section(words("emoji.recent"), recent), ...groups] : groups;
  }

  /**
   * One that was used is shown as it was, with its tone.
   * @param {string} emoji
   * @returns {Emoji}
   */
  #known(emoji) {
    const isThis = (/** @type {Emoji} */ it) =>
      it.emoji === emoji || it.skins?.some((skin) => skin.emoji === emoji);
    const { skins: _, ...known } = this.#all.find(isThis) ?? {
      annotation: emoji,
      group: -1,
      version: 0,
    };
    return { ...known, emoji };
  }

  /**
   * @param {string} name
   * @param {readonly Emoji[]} emoji
   */
  #section(name, emoji) {
    const { tone } = this.#remembered;
    return element(
      "div",
      { class: "emoji-section", role: "group", "aria-label": name },
      element("p", { class: "small soft", "aria-hidden": "true" }, name),
      element("div", { class: "emoji-grid" }, ...emoji.map((it) => emojiButton(it, tone))),
    );
  }

  /**
   * @param {number} group
   * @param {string} sign
   * @param {string} name
   */
  #groupButton(group, sign, name) {
    const show = () => {
      const section = this.#list.querySelector(`[data-group="${group}"]`);
      section?.scrollIntoView({ block: "start" });
      this.#focus(section?.querySelector("button"));
    };
    const attributes = { class: "emoji", type: "button", "aria-label": name, onclick: show };
    return element("button", attributes, sign);
  }

  #setTone() {
    this.#remembered.setTone(Number(this.#tone.value));
    this.#render();
  }

  /** @param {EventTarget | null} target */
  #clicked(target) {
    const button = target instanceof Element ? target.closest("button") : null;
    if (button) this.#choose(button.textContent ?? "");
  }

  /** @param {string} emoji */
  #choose(emoji) {
    this.#remembered.used(emoji);
    const choose = this.#onChoose;
    this.#box.hidePopover();
    choose(emoji);
  }

  /** The tone of the skin that the user chose. */
  get tone() {
    return this.#remembered.tone;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, target } = event;
    if (key === "Escape") return event.stopPropagation();
    const first = this.#buttons()[0];
    if (target === this.#search) {
      if (key === "Enter" && first && this.#search.value) this.#choose(first.textContent ?? "");
      else if (key === "ArrowDown") this.#focus(first);
      else return;
    } else if (target instanceof HTMLButtonElement && this.#list.contains(target)) {
      if (!this.#step(target, key)) return;
    } else return;
    event.preventDefault();
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} key
   */
  #step(button, key) {
    if (!key.startsWith("Arrow")) return false;
    const grids = [...this.#list.querySelectorAll(".emoji-grid")];
    const section = grids.findIndex((grid) => grid === button.parentElement);
    const index = [...(grids[section]?.children ?? [])].indexOf(button);
    const sizes = grids.map(({ childElementCount }) => childElementCount);
    const to = moved(sizes, { section, index }, this.#isRightToLeft ? mirrored(key) : key);
    const isAtTop = key === "ArrowUp" && to.section === section && to.index === index;
    const next = isAtTop ? this.#search : grids[to.section]?.children[to.index];
    this.#focus(/** @type {HTMLElement | undefined} */ (next));
    return true;
  }

  get #isRightToLeft() {
    return getComputedStyle(this.#box).direction === "rtl";
  }

  /**
   * Tab leads to one emoji: the one that had the focus last.
   * @param {HTMLElement | null | undefined} to
   */
  #focus(to) {
    if (!to) return;
    if (to !== this.#search) {
      for (const button of this.#list.querySelectorAll('[tabindex="0"]'))
        button.setAttribute("tabindex", "-1");
      to.tabIndex = 0;
    }
    to.focus();
  }

  /** @returns {NodeListOf<HTMLButtonElement>} */
  #buttons() {
    return this.#list.querySelectorAll(".emoji-grid button");
  }

  #closed() {
    this.#leave();
    if (this.#anchor?.hasAttribute("aria-expanded"))
      this.#anchor.setAttribute("aria-expanded", "false");
    const isLost =
      this.#box.contains(document.activeElement) || document.activeElement === document.body;
    if (isLost) this.#anchor?.focus();
    this.#anchor = null;
    this.#list.replaceChildren();
  }
}

/** @param {string} key */
function mirrored(key) {
  return { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[key] ?? key;
}

/**
 * @param {Emoji} emoji
 * @param {number} tone
 */
function emojiButton(emoji, tone) {
  const name = { "aria-label": emoji.annotation };
  const attributes = { class: "emoji", type: "button", tabindex: "-1", ...name };
  return element("button", attributes, withTone(emoji, tone));
}

/**
 * @param {string} sign
 * @param {number} tone
 */
function toneOption(sign, tone) {
  return element("option", { value: String(tone) }, sign);
}
