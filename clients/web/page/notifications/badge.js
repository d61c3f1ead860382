import { countText } from "../counts.js";
import { weight } from "./levels.js";

/** @import { Entry } from "../entry.js" */

const QUIET_ICON = "page/icon.svg";
const UNREAD_ICON = "page/icon-unread.svg";

/** Says how much is unread where one sees it from elsewhere: on the tab, and on the app's icon. */
export class Badge {
  /** @type {HTMLLinkElement | null} */
  #icon = document.querySelector('link[rel="icon"]');
  #shown = -1;

  /** @param {readonly Entry[]} entries */
  show(entries) {
    const now = new Date();
    this.#set(entries.reduce((sum, entry) => sum + weight(entry, now), 0));
  }

  clear() {
    this.#set(0);
  }

  /** @param {number} count */
  #set(count) {
    if (count === this.#shown) return;
    this.#shown = count;
    document.title = count > 0 ? `(${countText(count)}) Parley` : "Parley";
    this.#icon?.setAttribute("href", count > 0 ? UNREAD_ICON : QUIET_ICON);
    const done = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
    // Only an installed app has a badge.
    done?.catch(() => {});
  }
}
