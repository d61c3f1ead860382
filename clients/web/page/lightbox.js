import { closeOnBack } from "./back.js";
import { byId, say } from "./dom.js";
import { fileName, kindOf } from "./files.js";
import { load } from "./pictures.js";
import { words } from "./words/index.js";

/** @import { AttachmentRef, Chat } from "../src/index.js" */

/** One picture as large as the window, and the keys to the others of the conversation. */
export class Lightbox {
  #dialog = byId("lightbox", HTMLDialogElement);
  #stage = byId("lightbox-stage", HTMLDivElement);
  #name = byId("lightbox-name", HTMLHeadingElement);
  #place = byId("lightbox-place", HTMLParagraphElement);
  #previous = byId("lightbox-previous", HTMLButtonElement);
  #next = byId("lightbox-next", HTMLButtonElement);
  #original = byId("lightbox-original", HTMLAnchorElement);
  /** @type {readonly AttachmentRef[]} */
  #pictures = [];
  #index = 0;
  #conversationId = "";
  #chat;

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat;
    this.#previous.addEventListener("click", () => this.#step(-1));
    this.#next.addEventListener("click", () => this.#step(1));
    byId("lightbox-close", HTMLButtonElement).addEventListener("click", () => this.close());
    this.#dialog.addEventListener("keydown", ({ key }) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
      // The pictures follow each other as words do.
      if (step) this.#step(document.dir === "rtl" ? -step : step);
    });
    this.#stage.addEventListener("click", ({ target }) => {
      if (target === this.#stage) this.close();
    });
    this.#dialog.addEventListener("close", () => this.#stage.replaceChildren());
  }

  /**
   * @param {string} conversationId
   * @param {AttachmentRef} picture
   * @param {readonly AttachmentRef[]} among every file of the conversation that is shown, in order
   */
  open(conversationId, picture, among) {
    this.#conversationId = conversationId;
    this.#pictures = among.filter(({ mediaType }) => kindOf(mediaType) === "picture");
    const { attachmentId } = picture;
    this.#index = this.#pictures.findIndex((it) => it.attachmentId === attachmentId);
    this.#dialog.showModal();
    const closed = closeOnBack(() => this.close());
    this.#dialog.addEventListener("close", closed, { once: true });
    this.#show();
  }

  /**
   * Closes if the picture is no longer there.
   * @param {() => readonly AttachmentRef[]} files those that there still are
   */
  retain(files) {
    const picture = this.#pictures[this.#index];
    if (!this.#dialog.open || !picture) return;
    const { attachmentId } = picture;
    if (!files().some((it) => it.attachmentId === attachmentId)) this.close();
  }

  close() {
    this.#dialog.close();
  }

  /** @param {number} step */
  #step(step) {
    const index = this.#index + step;
    if (!this.#pictures[index]) return;
    this.#index = index;
    this.#show();
  }

  #show() {
    const picture = this.#pictures[this.#index];
    if (!picture) return this.close();
    const { attachmentId, width, height } = picture;
    const name = fileName(picture);
    say(this.#name, name);
    say(
      this.#place,
      words("lightbox.place", { number: this.#index + 1, total: this.#pictures.length }),
    );
    // Disabled it would lose the focus, and with it the arrow keys.
    this.#previous.setAttribute("aria-disabled", String(this.#index === 0));
    this.#next.setAttribute("aria-disabled", String(this.#index + 1 === this.#pictures.length));
    this.#place.hidden = this.#previous.hidden = this.#next.hidden = this.#pictures.length < 2;
    const image = document.createElement("img");
    image.alt = name;
    if (width && height) [image.width, image.height] = [width, height];
    this.#stage.replaceChildren(image);
    this.#original.removeAttribute("href");
    image.addEventListener("load", () => (this.#original.href = image.src));
    const source = {
      chat: this.#chat,
      conversationId: this.#conversationId,
      previews: NO_PREVIEWS,
    };
    void load(source, attachmentId, image, () =>
      this.#stage.replaceChildren(words("files.broken", { name })),
    );
  }
}

/** The picture itself is asked for, not its thumbnail. */
const NO_PREVIEWS = { urlOf: () => undefined };
