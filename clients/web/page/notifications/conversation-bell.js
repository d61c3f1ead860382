import { dayAndTime } from "../dates.js";
import { byId, hiddenText, icon } from "../dom.js";
import { words } from "../words/index.js";
import { isQuiet } from "./levels.js";

/** @import { Entry } from "../entry.js" */
/** @import { Item, Menu } from "../menu.js" */
/** @import { Level, Wish } from "./levels.js" */

const HOUR_MS = 3_600_000;
/** Later than anybody will mind. */
const FOREVER = new Date("9999-12-31T23:59:59.000Z");
const MORNING_HOUR = 8;

const LEVELS = /** @type {const} */ ([
  ["all", "bell.all"],
  ["mentions", "bell.mentions"],
  ["none", "bell.none"],
]);

const STATES = /** @type {const} */ ({
  all: "bell.is_all",
  mentions: "bell.is_mentions",
  none: "bell.is_none",
});

/** The bell in the head of a conversation: what a user wants to be notified of there. */
export class ConversationBell {
  #button = byId("bell", HTMLButtonElement);
  /** @type {Entry | null} */
  #entry = null;

  /**
   * @param {Menu} menu
   * @param {(id: string, wish: Wish) => void} onChoose
   */
  constructor(menu, onChoose) {
    this.#button.addEventListener("click", () => {
      const entry = this.#entry;
      if (!entry) return;
      const choose = (/** @type {Wish} */ wish) => onChoose(entry.id, wish);
      menu.open(this.#button, null, bellItems(entry.wish, new Date(), choose));
    });
  }

  /** @param {Entry | null} entry */
  show(entry) {
    this.#entry = entry;
    this.#button.hidden = entry === null;
    if (!entry) return;
    const now = new Date();
    const name = isQuiet(entry.wish, now) ? "bell-off" : "bell";
    const says = stateText(entry.wish, now);
    if (this.#button.textContent === says) return;
    this.#button.replaceChildren(icon(name), hiddenText(says));
  }
}

/**
 * @param {Readonly<Wish>} wish
 * @param {Date} now
 * @param {(wish: Wish) => void} choose
 * @returns {Item[]}
 */
function bellItems({ level, mutedUntil }, now, choose) {
  const isMuted = mutedUntil !== null && mutedUntil > now;
  const levels = LEVELS.map(([each, key]) => ({
    ...{ text: words(key), icon: "check", isChecked: each === level },
    act: () => choose({ level: each, mutedUntil }),
  }));
  const mute = (/** @type {string} */ text, /** @type {Date} */ until) => ({
    ...{ text, icon: "bell-off", act: () => choose({ level, mutedUntil: until }) },
  });
  if (isMuted) {
    const act = () => choose({ level, mutedUntil: null });
    return [...levels, { text: words("bell.unmute"), icon: "bell", act }];
  }
  return [
    ...levels,
    mute(words("bell.mute_hour"), new Date(now.getTime() + HOUR_MS)),
    mute(words("bell.mute_tomorrow"), tomorrow(now)),
    mute(words("bell.mute_for_ever"), FOREVER),
  ];
}

/**
 * The next morning, by the user's own clock.
 * @param {Date} now
 */
export function tomorrow(now) {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, MORNING_HOUR);
}

/**
 * @param {Readonly<{ level: Level, mutedUntil: Date | null }>} wish
 * @param {Date} now
 */
function stateText({ level, mutedUntil }, now) {
  if (mutedUntil === null || mutedUntil <= now) return words(STATES[level]);
  if (mutedUntil >= FOREVER) return words("bell.is_muted_for_ever");
  return words("bell.is_muted_until", { time: dayAndTime(mutedUntil) });
}
