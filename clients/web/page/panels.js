import { closeOnBack } from "./back.js";
import { byId } from "./dom.js";

/**
 * A panel beside the messages, with the button that shows it. One is open at a time.
 * @typedef {{ panel: HTMLElement, toggle: HTMLButtonElement, onOpen: () => void }} Side
 */

export class Panels {
  /** @type {Side[]} */
  #sides;
  #closed = () => {};

  /** @param {Record<string, () => void>} panels what to do when the panel of that id opens */
  constructor(panels) {
    this.#sides = Object.entries(panels).map(([id, onOpen]) => ({
      panel: byId(id, HTMLElement),
      toggle: byId(`${id}-toggle`, HTMLButtonElement),
      onOpen,
    }));
    for (const side of this.#sides) {
      side.toggle.addEventListener("click", () =>
        this.#show(side, side.panel.hasAttribute("hidden")),
      );
      const close = side.panel.querySelector("[data-close]");
      close?.addEventListener("click", () => this.#show(side, false));
    }
    document.addEventListener("keydown", (event) => {
      // A dialog closes itself.
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) this.closeAll();
    });
  }

  closeAll() {
    for (const side of this.#sides) if (!side.panel.hidden) this.#show(side, false);
  }

  /**
   * @param {Side} side
   * @param {boolean} isOpen
   */
  #show(side, isOpen) {
    if (isOpen) this.closeAll();
    side.panel.hidden = !isOpen;
    side.toggle.setAttribute("aria-expanded", String(isOpen));
    this.#closed();
    this.#closed = isOpen ? closeOnBack(() => this.#show(side, false)) : () => {};
    if (!isOpen) return side.toggle.focus();
    side.onOpen();
    const first =
      side.panel.querySelector("[data-first]") ?? side.panel.querySelector("[data-close]");
    /** @type {HTMLElement | null} */ (first)?.focus();
  }
}
