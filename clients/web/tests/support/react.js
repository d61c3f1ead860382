import { after } from "node:test";

import { GlobalWindow } from "happy-dom";
import { StrictMode, act, createElement } from "react";

import { ParleyProvider } from "../../src/react/index.js";

/** @import { ReactNode } from "react" */
/** @import { Chat } from "../../src/index.js" */

const window = new GlobalWindow();
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
// Node has one from version 21 on.
globalThis.navigator ??= /** @type {any} */ (window.navigator);
after(() => window.happyDOM.close());

// It looks for a document when it is loaded.
const { createRoot } = await import("react-dom/client");

/**
 * Components in a document, with a chat.
 * @param {import("node:test").TestContext} t
 * @param {Chat} chat
 * @param {{ isStrict?: boolean }} [options]
 */
export function stage(t, chat, { isStrict = false } = {}) {
  const root = createRoot(document.createElement("main"));
  const end = () => act(async () => root.unmount());
  t.after(end);
  return {
    /** @param {ReactNode[]} children */
    shows: (...children) => {
      const all = createElement(ParleyProvider, { chat }, ...children);
      return act(async () => root.render(isStrict ? createElement(StrictMode, {}, all) : all));
    },
    end,
  };
}

/**
 * A component that does nothing but call a hook, and what it was given each time that it rendered.
 * @template Value
 * @param {() => Value} hook
 */
export function probe(hook) {
  /** @type {Value[]} */
  const given = [];
  const Probe = () => {
    given.push(hook());
    return null;
  };
  return {
    element: createElement(Probe),
    get renders() {
      return given.length;
    },
    get first() {
      return /** @type {Value} */ (given[0]);
    },
    get now() {
      return /** @type {Value} */ (given.at(-1));
    },
  };
}

/**
 * Something happens, and React has done all that it does because of it.
 * @param {() => unknown} what
 */
export function happens(what) {
  return act(async () => void (await what()));
}
