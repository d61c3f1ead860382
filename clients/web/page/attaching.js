import { byId } from "./dom.js";
import { words } from "./words/index.js";

/** What browsers call a picture that was copied, as a screenshot is. */
const COPIED = "image.png";

/**
 * The ways in which a user chooses files: the button, dropping them on the page, pasting.
 */
export class Attaching {
  #button = byId("attach", HTMLButtonElement);
  #input = byId("attach-input", HTMLInputElement);
  #target = byId("drop-target", HTMLDivElement);
  /** How many elements a dragged file is over: each is left after the next one is entered. */
  #over = 0;
  #isOn = false;
  #onFiles;

  /**
   * @param {HTMLTextAreaElement} text where files can be pasted
   * @param {(files: File[]) => void} onFiles
   */
  constructor(text, onFiles) {
    this.#onFiles = onFiles;
    this.#button.addEventListener("click", () => this.#input.click());
    this.#input.addEventListener("change", () => {
      this.#choose([...(this.#input.files ?? [])]);
      // The same file can be chosen again.
      this.#input.value = "";
    });
    text.addEventListener("paste", (event) => this.#paste(event));
    window.addEventListener("dragenter", (event) => this.#drag(event, 1));
    window.addEventListener("dragleave", (event) => this.#drag(event, -1));
    window.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
    window.addEventListener("drop", (event) => this.#drop(event));
  }

  /** @param {boolean} isOn whether there is a message that files can go with */
  allow(isOn) {
    this.#isOn = isOn;
    this.#button.hidden = !isOn;
    this.#target.hidden = true;
    this.#over = 0;
  }

  /** @param {File[]} files */
  #choose(files) {
    if (this.#isOn && files.length > 0) this.#onFiles(files);
  }

  /**
   * Text is pasted as text, also if a program puts a picture of it on the clipboard.
   * @param {ClipboardEvent} event
   */
  #paste(event) {
    const { clipboardData } = event;
    const files = [...(clipboardData?.files ?? [])];
    if (!this.#isOn || files.length === 0 || clipboardData?.getData("text/plain")) return;
    event.preventDefault();
    this.#choose(files.map(named));
  }

  /**
   * @param {DragEvent} event
   * @param {1 | -1} step
   */
  #drag(event, step) {
    if (!hasFiles(event)) return;
    this.#over = Math.max(0, this.#over + step);
    this.#target.hidden = !this.#isOn || this.#over === 0;
  }

  /**
   * A file that is dropped anywhere would take the place of the page.
   * @param {DragEvent} event
   */
  #drop(event) {
    if (!hasFiles(event)) return;
    event.preventDefault();
    this.#over = 0;
    this.#target.hidden = true;
    this.#choose([...(event.dataTransfer?.files ?? [])]);
  }
}

/** @param {DragEvent} event */
function hasFiles({ dataTransfer }) {
  return dataTransfer?.types.includes("Files") ?? false;
}

/**
 * A picture that was copied has no name of its own.
 * @param {File} file
 */
function named(file) {
  if (file.name !== COPIED) return file;
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()];
  const name = `${words("files.screenshot")} ${parts.map(padded).join("-")} ${time.map(padded).join(".")}.png`;
  return new File([file], name, { type: file.type });
}

/** @param {number} part */
function padded(part) {
  return String(part).padStart(2, "0");
}
