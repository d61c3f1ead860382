import { arrange, byId, element, hiddenText, icon, say } from "./dom.js";
import { extensionOf, fileName, kindOf, sizeText } from "./files.js";
import { words } from "./words/index.js";

/** @import { Item, Tray } from "./tray.js" */

const ICONS = { picture: "picture", video: "video", audio: "audio", document: "file" };

/**
 * @typedef {{ item: Item, row: HTMLLIElement, bar: HTMLProgressElement, look: string }} Drawn
 */

/** The files above the message field: what they are, how far they are, and how to take them out. */
export class TrayView {
  #box = byId("tray", HTMLDivElement);
  #list = byId("tray-files", HTMLUListElement);
  #status = byId("tray-status", HTMLSpanElement);
  #wait = byId("tray-wait", HTMLButtonElement);
  /** @type {Map<Item, Drawn>} */
  #drawn = new Map();
  /** @type {Map<Blob, string>} */
  #urls = new Map();
  /** @type {Tray | null} */
  #tray = null;
  #onEmptied;

  /** @param {() => void} onEmptied the last file is taken out by hand, and with it the focus */
  constructor(onEmptied) {
    this.#onEmptied = onEmptied;
    this.#wait.addEventListener("click", () => {
      this.#tray?.whenReady(null);
      this.#onEmptied();
    });
  }

  /** @param {Tray | null} tray null where no files can be added */
  show(tray) {
    this.#tray = tray;
    const items = tray?.items ?? [];
    this.#box.hidden = items.length === 0;
    this.#drawn = new Map(items.map((item) => [item, this.#draw(item)]));
    arrange(
      this.#list,
      [...this.#drawn.values()].map(({ row }) => row),
    );
    this.#releasePictures();
    this.#wait.hidden = !tray?.isWaiting;
    say(this.#status, tray ? statusOf(tray) : "");
  }

  /** @param {Item} item */
  #draw(item) {
    const drawn = this.#drawn.get(item);
    const look = `${item.state} ${item.problem} ${item.picture !== null}`;
    if (drawn?.look === look) {
      drawn.bar.value = item.share;
      return drawn;
    }
    const bar = element("progress", {
      max: "1",
      "aria-label": words("tray.upload_of", { name: fileName(item.file) }),
    });
    bar.value = item.share;
    const row = drawn?.row ?? element("li", { class: "tray-file" });
    const hadFocus = row.contains(document.activeElement);
    row.replaceChildren(...this.#partsOf(item, bar));
    row.classList.toggle("failed", item.state === "failed");
    if (hadFocus) row.querySelector("button")?.focus();
    return { item, row, bar, look };
  }

  /**
   * @param {Item} item
   * @param {HTMLProgressElement} bar
   */
  #partsOf(item, bar) {
    const name = fileName(item.file);
    const remove = element(
      "button",
      { class: "icon-button", type: "button", onclick: () => this.#remove(item) },
      icon("close"),
      hiddenText(words(item.state === "uploading" ? "tray.cancel" : "tray.remove", { name })),
    );
    const again = element(
      "button",
      {
        class: "quiet",
        type: "button",
        "aria-label": words("tray.try_again", { name }),
        onclick: () => this.#retry(item),
      },
      words("common.try_again"),
    );
    return [
      this.#pictureOf(item),
      element(
        "span",
        { class: "tray-lines" },
        element("span", { class: "file-name", dir: "auto" }, name),
        item.state === "uploading" && bar,
        item.state === "done" && element("span", { class: "soft" }, detailOf(item.file)),
        item.state === "failed" && element("span", { class: "tray-problem" }, item.problem),
        item.state === "failed" && !item.isFinal && again,
      ),
      remove,
    ];
  }

  /** @param {Item} item */
  #pictureOf({ file, picture }) {
    if (!picture) return element("span", { class: "file-icon" }, icon(ICONS[kindOf(file.type)]));
    const url = this.#urls.get(picture) ?? URL.createObjectURL(picture);
    this.#urls.set(picture, url);
    return element("img", { class: "tray-picture", alt: "", src: url });
  }

  #releasePictures() {
    const shown = new Set(this.#tray?.items.map(({ picture }) => picture));
    for (const [picture, url] of this.#urls) {
      if (shown.has(picture)) continue;
      URL.revokeObjectURL(url);
      this.#urls.delete(picture);
    }
  }

  /** @param {Item} item */
  #remove(item) {
    const index = this.#tray?.items.indexOf(item) ?? 0;
    this.#tray?.remove(item);
    const buttons = this.#list.querySelectorAll("li > button:last-child");
    const next = buttons[Math.min(index, buttons.length - 1)];
    if (next instanceof HTMLButtonElement) next.focus();
    else this.#onEmptied();
  }

  /** @param {Item} item */
  #retry(item) {
    const index = this.#tray?.items.indexOf(item) ?? 0;
    this.#tray?.retry(item);
    this.#list.children[index]?.querySelector("button")?.focus();
  }
}

/** @param {File} file */
function detailOf(file) {
  return [extensionOf(file), sizeText(file.size)].filter(Boolean).join(" · ");
}

/** @param {Tray} tray */
function statusOf({ items, isReady, isWaiting, isEmpty }) {
  const failed = items.filter(({ state }) => state === "failed");
  if (isEmpty) return "";
  if (isWaiting) return words("tray.waiting");
  if (failed.length > 0) {
    return words("tray.failed", { names: failed.map((it) => fileName(it.file)) });
  }
  return words(isReady ? "tray.ready" : "tray.uploading", { count: items.length });
}
