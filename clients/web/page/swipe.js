/** So far a finger moves before it is clear where to; less is a tap. */
const SLOP = 12;
/** So far it moves to choose, and so far the row follows. */
const ENOUGH = 56;
const FARTHEST = 72;
/** Where a finger that moves sideways means something else: in a player, and at the edges of a screen. */
const OWN = "audio, video, input";
const EDGE = 20;

/** @typedef {{ row: HTMLElement, pointer: number, x: number, y: number, sign: 1 | -1, moved: number }} Swipe */

/**
 * A finger that draws a message towards the end of the line chooses it. Moving up or down scrolls, as it
 * does elsewhere: the style sheet leaves that to the browser, which then ends the gesture here.
 * @param {HTMLElement} list
 * @param {(messageId: string) => void} onChoose
 */
export function chooseBySwipe(list, onChoose) {
  /** @type {Swipe | null} */
  let swipe = null;
  const end = () => {
    swipe?.row.classList.remove("swiping", "chosen");
    swipe?.row.style.removeProperty("--swipe");
    swipe = null;
  };
  list.addEventListener("pointerdown", (event) => {
    end();
    swipe = begun(event);
  });
  list.addEventListener("pointermove", (event) => {
    if (swipe?.pointer !== event.pointerId) return;
    if (isScroll(swipe, event)) end();
    else follow(swipe, event);
  });
  list.addEventListener("pointerup", (event) => {
    if (swipe?.pointer !== event.pointerId) return;
    const id = swipe.moved >= ENOUGH ? swipe.row.dataset["id"] : undefined;
    end();
    if (id) onChoose(id);
  });
  list.addEventListener("pointercancel", end);
}

/**
 * @param {PointerEvent} event
 * @returns {Swipe | null}
 */
function begun({ target, pointerType, isPrimary, pointerId, clientX, clientY }) {
  if (pointerType !== "touch" || !isPrimary || !(target instanceof Element)) return null;
  /** @type {HTMLElement | null} */
  const row = target.closest(".message[data-id]:not(.deleted)");
  const isAtEdge = clientX < EDGE || clientX > window.innerWidth - EDGE;
  if (!row || isAtEdge || target.closest(OWN)) return null;
  const sign = getComputedStyle(row).direction === "rtl" ? -1 : 1;
  return { row, pointer: pointerId, x: clientX, y: clientY, sign, moved: 0 };
}

/**
 * @param {Swipe} swipe
 * @param {PointerEvent} event
 */
function isScroll({ x, y, moved }, { clientX, clientY }) {
  return moved === 0 && Math.abs(clientY - y) > Math.max(SLOP, Math.abs(clientX - x));
}

/**
 * @param {Swipe} swipe
 * @param {PointerEvent} event
 */
function follow(swipe, { clientX }) {
  const { row, x, sign } = swipe;
  const far = (clientX - x) * sign;
  if (swipe.moved === 0 && far < SLOP) return;
  swipe.moved = Math.max(1, Math.min(far, FARTHEST));
  row.style.setProperty("--swipe", `${swipe.moved * sign}px`);
  row.classList.add("swiping");
  row.classList.toggle("chosen", swipe.moved >= ENOUGH);
}
