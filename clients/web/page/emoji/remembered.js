const KEY = "parley-emoji";
const MOST = 16;

/** What the user chose last, in this browser: a hand of emoji, and the tone of the skin. */
export class Remembered {
  #storage;
  /** @type {{ recent: string[], tone: number }} */
  #now = { recent: [], tone: 0 };

  /** @param {() => Pick<Storage, "getItem" | "setItem">} storage may throw, where it is switched off */
  constructor(storage) {
    this.#storage = storage;
    try {
      const { recent, tone } = JSON.parse(storage().getItem(KEY) ?? "{}");
      if (Array.isArray(recent)) this.#now.recent = recent.filter((it) => typeof it === "string");
      if (Number.isInteger(tone) && tone >= 0 && tone <= 5) this.#now.tone = tone;
    } catch {
      // Storage is switched off, or holds something else.
    }
  }

  /** The last one first. */
  get recent() {
    return this.#now.recent;
  }

  get tone() {
    return this.#now.tone;
  }

  /** @param {string} emoji */
  used(emoji) {
    const others = this.recent.filter((it) => it !== emoji);
    this.#now.recent = [emoji, ...others].slice(0, MOST);
    this.#keep();
  }

  /** @param {number} tone */
  setTone(tone) {
    this.#now.tone = tone;
    this.#keep();
  }

  #keep() {
    try {
      this.#storage().setItem(KEY, JSON.stringify(this.#now));
    } catch {
      // It holds until the page is left.
    }
  }
}
