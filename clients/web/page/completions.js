import { loadEmoji, withTone } from "./emoji/data.js";
import { emojiNamed, searchEmoji } from "./emoji/search.js";
import { EVERYBODY, mentionBefore } from "./mentions.js";

/** @import { Source } from "./completion.js" */

const MOST = 6;
/** At least two letters, so that a smiley such as :D is left alone. */
const SHORTCODE = /(?:^|[\s(])(:[a-z0-9_+-]{2,30}:?)$/i;

/**
 * Names after `@`.
 * @param {() => string[]} names who can be named
 * @returns {Source}
 */
export function nameCompletion(names) {
  return {
    begun(before) {
      const begun = mentionBefore(before, before.length);
      return begun === null ? null : `@${begun}`;
    },
    options: (begun) =>
      [...names(), EVERYBODY]
        .map((name) => `@${name}`)
        .filter((name) => name.startsWith(begun))
        .slice(0, MOST)
        .map((name) => ({ shown: name, inserted: name })),
  };
}

/**
 * Emoji after `:` by their names. Where they cannot be loaded, what was typed stays.
 * @param {() => number} tone of the skin
 * @returns {Source}
 */
export function emojiCompletion(tone) {
  return {
    begun: (before) => SHORTCODE.exec(before)?.[1] ?? null,
    async options(begun) {
      const all = await loadEmoji().catch(() => []);
      const name = begun.slice(1).toLowerCase();
      const exact = name.endsWith(":") ? emojiNamed(all, name.slice(0, -1)) : null;
      const found = name.endsWith(":")
        ? [exact].filter((it) => it !== null)
        : searchEmoji(all, name, MOST);
      return found.map((emoji) => {
        const inserted = withTone(emoji, tone());
        return { shown: `${inserted} :${emoji.shortcodes?.[0] ?? emoji.annotation}:`, inserted };
      });
    },
  };
}
