/**
 * Lists through which the arrow keys lead, up and down, to the first by Home and to the last by End. Tab
 * leads to one of their elements: the one that had the focus last, or the one that is open.
 */

/**
 * @param {HTMLElement} list
 * @param {string} selector of what can have the focus
 */
export function lead(list, selector) {
  list.addEventListener("keydown", (event) => {
    const all = elementsOf(list, selector);
    const at = all.findIndex((it) => it === event.target);
    const next = at < 0 ? undefined : all[indexAfter(event, at, all.length)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  list.addEventListener("focusin", ({ target }) => {
    const all = elementsOf(list, selector);
    if (all.some((it) => it === target)) letTabTo(all, /** @type {HTMLElement} */ (target));
  });
}

/**
 * To be called after the list has changed.
 * @param {HTMLElement} list
 * @param {string} selector
 */
export function letTabIn(list, selector) {
  const all = elementsOf(list, selector);
  const isOpen = (/** @type {HTMLElement} */ it) => it.hasAttribute("aria-current");
  const last = all.find((it) => it === document.activeElement) ?? all.find(isReached);
  const first = last ?? all.find(isOpen) ?? all[0];
  if (first) letTabTo(all, first);
}

/**
 * @param {HTMLElement[]} all
 * @param {HTMLElement} one
 */
function letTabTo(all, one) {
  for (const each of all) each.tabIndex = each === one ? 0 : -1;
}

/**
 * Set here, and not by what an element is.
 * @param {HTMLElement} element
 */
function isReached(element) {
  return element.getAttribute("tabindex") === "0";
}

/**
 * @param {KeyboardEvent} event
 * @param {number} at
 * @param {number} length
 */
function indexAfter({ key, altKey, ctrlKey, metaKey }, at, length) {
  if (altKey || ctrlKey || metaKey) return -1;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: length - 1 };
  return to[/** @type {keyof typeof to} */ (key)] ?? -1;
}

/**
 * @param {HTMLElement} list
 * @param {string} selector
 */
function elementsOf(list, selector) {
  return [.../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(selector))];
}
