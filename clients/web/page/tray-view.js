import { Fragment, h, render } from "preact";

import { byId, say } from "./dom.js";
import { extensionOf, fileName, kindOf, sizeText } from "./files.js";
import { hiddenView, iconView } from "./views.js";
import { words } from "./words/index.js";

/** @import { Item, Tray } from "./tray.js" */

const ICONS = { picture: "picture", video: "video", audio: "audio", document: "file" };

/** The files above the message field: what they are, how far they are, and how to take them out. */
export class TrayView {
  #box = byId("tray", HTMLDivElement);
  #list = byId("tray-files", HTMLUListElement);
  #status = byId("tray-status", HTMLSpanElement);
  #wait = byId("tray-wait", HTMLButtonElement);
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
    render(h(Fragment, null, ...items.map((item) => this.#row(item))), this.#list);
    this.#releasePictures();
    this.#wait.hidden = !tray?.isWaiting;
    say(this.#status, tray ? statusOf(tray) : "");
  }

  /** @param {Item} item */
  #row(item) {
    const { state, share, problem, isFinal, file } = item;
    const name = fileName(file);
    const again = {
      class: "quiet",
      type: "button",
      "aria-label": words("tray.try_again", { name }),
      onclick: () => this.#retry(item),
    };
    const remove = { class: "icon-button", type: "button", onclick: () => this.#remove(item) };
    const bar = { max: "1", value: share, "aria-label": words("tray.upload_of", { name }) };
    return h(
      "li",
      { key: item, class: state === "failed" ? "tray-file failed" : "tray-file" },
      this.#pictureOf(item),
      h(
        "span",
        { class: "tray-lines" },
        h("span", { class: "file-name", dir: "auto" }, name),
        state === "uploading" && h("progress", bar),
        state === "done" && h("span", { class: "soft" }, detailOf(file)),
        state === "failed" && h("span", { class: "tray-problem" }, problem),
        state === "failed" && !isFinal && h("button", again, words("common.try_again")),
      ),
      h(
        "button",
        remove,
        iconView("close"),
        hiddenView(words(state === "uploading" ? "tray.cancel" : "tray.remove", { name })),
      ),
    );
  }

  /** @param {Item} item */
  #pictureOf({ file, picture }) {
    if (!picture) return h("span", { class: "file-icon" }, iconView(ICONS[kindOf(file.type)]));
    const url = this.#urls.get(picture) ?? URL.createObjectURL(picture);
    this.#urls.set(picture, url);
    return h("img", { class: "tray-picture", alt: "", src: url });
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
