/** What an input method's own keys are called, also by browsers that end the composition first. */
const OF_INPUT_METHOD = 229;
/** Where the only keyboard is on the screen, Enter begins a new line. */
export const onlyTouch = window.matchMedia("(pointer: coarse) and (hover: none)");

/**
 * Enter sends. While an input method composes, it chooses a word; on a screen keyboard it begins a
 * new line, for there is no Shift + Enter there and the button is at hand.
 * @param {KeyboardEvent} event
 */
export function asksToSend({ key, keyCode, isComposing, shiftKey, ctrlKey, metaKey }) {
  if (key !== "Enter" || isComposing || keyCode === OF_INPUT_METHOD) return false;
  return ctrlKey || metaKey || !(shiftKey || onlyTouch.matches);
}
