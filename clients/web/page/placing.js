const MARGIN = 8;
const GAP = 4;

/**
 * Puts a box that is open at a button: below it, or above where there is no room; towards the start
 * of the line, or towards its end where there is none.
 * @param {HTMLElement} box
 * @param {HTMLElement} anchor
 */
export function placeAt(box, anchor) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const isBelow = bottom + height < window.innerHeight - MARGIN;
  const farthest = Math.max(MARGIN, window.innerWidth - width - MARGIN);
  const [toLeft, toRight] = [right - width, left];
  const isToLeft = document.dir === "rtl" ? toRight > farthest : toLeft > MARGIN;
  box.style.top = `${isBelow ? bottom + GAP : Math.max(MARGIN, top - height - GAP)}px`;
  box.style.left = `${Math.max(MARGIN, Math.min(isToLeft ? toLeft : toRight, farthest))}px`;
}
