/** Whether somebody looks at a part of the page: a window behind another one may be visible, too. */
export class Attention {
  #box;

  /**
   * @param {HTMLElement} box
   * @param {() => void} onChange
   */
  constructor(box, onChange) {
    this.#box = box;
    document.addEventListener("visibilitychange", onChange);
    for (const type of ["focus", "blur"]) window.addEventListener(type, onChange);
  }

  get isThere() {
    const isInFront = document.visibilityState === "visible" && document.hasFocus();
    return isInFront && this.#box.clientHeight > 0;
  }
}
