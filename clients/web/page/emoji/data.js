/**
 * @typedef {{
 *   emoji: string, annotation: string, group: number, version: number,
 *   shortcodes?: string[], tags?: string[], skins?: { emoji: string, tone: number | number[] }[],
 * }} Emoji
 */

/** What is newer shows as an empty box on devices of some years ago: the reader's, if not the writer's. */
const NEWEST = 15;
/** The service takes no longer reaction. */
const REACTION_BYTES = 32;
const utf8 = new TextEncoder();
/** @type {Promise<Emoji[]> | null} */
let loading = null;

/**
 * All emoji with their names, in the order of keyboards. They are many, so they are loaded when somebody
 * first looks for one.
 * @returns {Promise<Emoji[]>} rejects if they cannot be loaded; the next call tries again
 */
export function loadEmoji() {
  loading ??= load();
  loading.catch(() => (loading = null));
  return loading;
}

async function load() {
  const { default: all } = await import("emoji-picker-element-data/en/github/data.json", {
    with: { type: "json" },
  });
  const known = /** @type {Emoji[]} */ (all).filter(({ version }) => version <= NEWEST);
  return known.map((it) => ({ ...it, emoji: asTyped(it.emoji) }));
}

/**
 * As keyboards write it. The data asks for a picture also where one is shown anyway, and two reactions
 * that look the same would be counted apart.
 * @param {string} emoji
 */
function asTyped(emoji) {
  return emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");
}

/**
 * A kiss stays as it is: with tones it would be too long for a reaction.
 * @param {Emoji} emoji
 * @param {number} tone of the skin, 1 to 5; 0 for none
 */
export function withTone({ emoji, skins = [] }, tone) {
  const fits = (/** @type {{ emoji: string, tone: number | number[] }} */ skin) =>
    skin.tone === tone && utf8.encode(skin.emoji).length <= REACTION_BYTES;
  return skins.find(fits)?.emoji ?? emoji;
}
