import { charactersOf } from "./characters.js";

/** As many are shown large. */
const MOST = 5;
/** No emoji is written with more code units than the longest family with skin tones. */
const LONGEST = 40;
/**
 * What is one character to a reader: a flag, a keycap, or a picture that is not shown as a letter
 * (© alone is one), with what is joined to it.
 */
const EMOJI =
  /^(?:\p{RI}{2}|[0-9#*]\uFE0F?\u20E3|(?=.*[\p{Emoji_Presentation}\uFE0F])\p{Extended_Pictographic}[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200D\uFE0F\u{E0020}-\u{E007F}]*)$/u;

/**
 * Whether a message is nothing but a few emoji.
 * @param {string} text
 */
export function isEmojiOnly(text) {
  const emoji = text.replace(/\s+/g, "");
  if (emoji === "" || emoji.length > MOST * LONGEST) return false;
  const characters = [...charactersOf(emoji)];
  return characters.length <= MOST && characters.every((character) => EMOJI.test(character));
}
