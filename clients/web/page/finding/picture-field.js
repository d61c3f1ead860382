import { h, render } from "preact";

import { byId, say } from "../dom.js";
import { problemText } from "../problems.js";
import { personAvatar } from "../views.js";
import { makePicture } from "./picture-maker.js";

/** @typedef {{ userId: string, username: string }} Person */

/** Chooses or removes the picture of the user, and shows what will be. */
export class PictureField {
  #preview = byId("profile-picture", HTMLSpanElement);
  #file = byId("profile-file", HTMLInputElement);
  #choose = byId("profile-choose", HTMLButtonElement);
  #remove = byId("profile-remove", HTMLButtonElement);
  #problem = byId("profile-problem", HTMLParagraphElement);
  /** @type {Person} */
  #person = { userId: "", username: "" };
  #had = false;
  #url = "";
  /** @type {Blob | null | undefined} undefined: it stays as it is */
  chosen = undefined;

  constructor() {
    this.#choose.addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => void this.#take(this.#file.files?.[0]));
    this.#remove.addEventListener("click", () => {
      this.#set(null);
      this.#choose.focus();
    });
  }

  /**
   * @param {Person} person
   * @param {boolean} hasPicture
   */
  show(person, hasPicture) {
    this.#person = person;
    this.#had = hasPicture;
    this.#set(undefined);
  }

  /** Forgets what was chosen. */
  close() {
    this.#set(undefined);
    render(null, this.#preview);
  }

  /** @param {File | undefined} file */
  async #take(file) {
    // The same file can be chosen again.
    this.#file.value = "";
    if (!file) return;
    say(this.#problem, "");
    try {
      this.#set(await makePicture(file));
    } catch (error) {
      say(this.#problem, problemText(error));
    }
  }

  /** @param {Blob | null | undefined} picture */
  #set(picture) {
    URL.revokeObjectURL(this.#url);
    this.chosen = picture;
    this.#url = picture ? URL.createObjectURL(picture) : "";
    const { userId, username } = this.#person;
    const image = this.#url && h("img", { src: this.#url, alt: "" });
    const isAsBefore = picture === undefined;
    render(personAvatar(username, isAsBefore ? userId : "", image), this.#preview);
    this.#remove.hidden = isAsBefore ? !this.#had : picture === null;
  }
}
