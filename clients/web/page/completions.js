import { loadEmoji, withTone } from "./emoji/data.js";
import { emojiNamed, searchEmoji } from "./emoji/search.js";
import { plainLetters } from "./finding/folding.js";
import { profiles } from "./finding/profiles.js";
import { EVERYBODY, mentionBefore } from "./mentions.js";

/** @import { User } from "../src/index.js" */
/** @import { Source } from "./completion.js" */

const MOST = 6;
/** At least two letters, so that a smiley such as :D is left alone. */
const SHORTCODE = /(?:^|[\s(])(:[a-z0-9_+-]{2,30}:?)$/i;

/**
 * Names after `@`, by the username or the display name.
 * @param {() => readonly User[]} members who can be named
 * @returns {Source}
 */
export function nameCompletion(members) {
  return {
    begun(before) {
      const begun = mentionBefore(before, before.length);
      return begun === null ? null : `@${begun}`;
    },
    options(begun) {
      const typed = plainLetters(begun.slice(1));
      const all = members().map((member) => {
        return { username: member.username, name: profiles.displayNameOf(member.userId) };
      });
      return [...all, { username: EVERYBODY, name: null }]
        .filter(({ username, name }) =>
          [username, ...(name ? wordsOf(name) : [])].some((it) => it.startsWith(typed)),
        )
        .slice(0, MOST)
        .map(({ username, name }) => {
          const inserted = `@${username}`;
          return { shown: name ? `${name} ${inserted}` : inserted, inserted };
        });
    },
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
      const isWhole = name.endsWith(":");
      const named = isWhole ? emojiNamed(all, name.slice(0, -1)) : null;
      const found = named ? [named] : isWhole ? [] : searchEmoji(all, name, MOST);
      return found.map((emoji) => {
        const inserted = withTone(emoji, tone());
        const shown = `${inserted} :${emoji.shortcodes?.[0] ?? emoji.annotation}:`;
        return { shown, inserted, isWhole };
      });
    },
  };
}

/**
 * The name, and from each of its words on.
 * @param {string} name
 */
function wordsOf(name) {
  const letters = plainLetters(name);
  return [...letters.matchAll(/(?<![^\s])\S/g)].map(({ index }) => letters.slice(index));
}
