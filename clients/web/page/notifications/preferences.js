/**
 * What the user chose for this browser. `isOn`: show notifications. `hasSound`: play a sound with
 * them. `hidesText`: do not show what the messages say.
 * @typedef {{ isOn: boolean, hasSound: boolean, hidesText: boolean }} Choice
 */

const KEY = "parley-notifications";
/** @type {Choice} */
const NOTHING_CHOSEN = Object.freeze({ isOn: false, hasSound: false, hidesText: false });

/** What the user chose about notifications, the same in all tabs of this browser. */
export class Preferences extends EventTarget {
  /** @type {Choice} */
  #choice = NOTHING_CHOSEN;

  constructor() {
    super();
    this.#read();
    window.addEventListener("storage", ({ key }) => {
      if (key !== KEY && key !== null) return;
      this.#read();
      this.dispatchEvent(new Event("change"));
    });
  }

  get choice() {
    return this.#choice;
  }

  /** @param {Partial<Choice>} change */
  set(change) {
    this.#choice = { ...this.#choice, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#choice));
    } catch {
      // Storage is switched off: the choice holds until the page is left.
    }
    this.dispatchEvent(new Event("change"));
  }

  #read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      const chosen = (/** @type {keyof Choice} */ name) => kept[name] === true;
      this.#choice = {
        ...{ isOn: chosen("isOn"), hasSound: chosen("hasSound"), hidesText: chosen("hidesText") },
      };
    } catch {
      this.#choice = NOTHING_CHOSEN;
    }
  }
}
