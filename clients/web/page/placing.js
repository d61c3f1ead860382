const MARGIN = 8;
const GAP = 4;

/**
 * Puts a box that is open at a button: below it, or above where there is no room.
 * @param {HTMLElement} box
 * @param {HTMLElement} anchor
 */
export function placeAt(box, anchor) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const isBelow = bottom + height < window.innerHeight - MARGIN;
  const isLeft = right - width > MARGIN;
  const farthest = Math.max(MARGIN, window.innerWidth - width - MARGIN);
  box.style.top = `${isBelow ? bottom + GAP : Math.max(MARGIN, top - height - GAP)}px`;
  box.style.left = `${isLeft ? right - width : Math.min(left, farthest)}px`;
}
