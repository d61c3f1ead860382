/**
 * What touches the document. Text becomes text and never markup: nothing that anybody wrote is
 * parsed as HTML anywhere on this page.
 */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | EventListener | undefined>} [attributes] functions
 *   listen to the event named after "on"
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...children.filter((child) => child instanceof Node || Boolean(child)).map(nodeOf));
  return node;
}

/**
 * An element that the page was written with.
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const node = document.getElementById(id);
  if (node instanceof kind) return node;
  throw new Error(`The page has no ${kind.name} #${id}.`);
}

/**
 * @param {string} name one of those in index.html
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/**
 * Text that is heard but not seen.
 * @param {string} text
 */
export function hiddenText(text) {
  return element("span", { class: "hidden-text" }, text);
}

/**
 * Sets text only where it changes, so that a live region does not say it again.
 * @param {HTMLElement} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 * @param {string | boolean | EventListener | undefined} value
 */
function set(node, name, value) {
  if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (value === true) node.setAttribute(name, "");
  else if (typeof value === "string") node.setAttribute(name, value);
}

/** @param {Child} child */
function nodeOf(child) {
  return child instanceof Node ? child : String(child);
}
