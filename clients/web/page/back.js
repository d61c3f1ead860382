/**
 * On a phone, Back closes what covers the page before it leads anywhere. Each thing that is open has an
 * entry in the browser's history, which says how many are open there.
 */

/** @type {(() => void)[]} what closes each thing that is open, the latest last */
const open = [];

/** From here on Back closes what is open. */
export function followBack() {
  window.addEventListener("popstate", () => {
    while (open.length > layers()) open.pop()?.();
    // What this entry was made for is closed already.
    if (open.length < layers()) history.back();
  });
}

/**
 * @param {() => void} close
 * @returns {() => void} to be called once it is closed, however that came about
 */
export function closeOnBack(close) {
  // On a wide screen nothing covers the page but a dialog, and Escape closes that.
  if (!window.matchMedia("(width < 50rem)").matches) return () => {};
  open.push(close);
  history.pushState({ layers: open.length }, "");
  return () => {
    const index = open.indexOf(close);
    if (index < 0) return;
    open.splice(index, 1);
    if (layers() > open.length) history.back();
  };
}

/** @returns {number} how many things were open where the history is now */
function layers() {
  return history.state?.layers ?? 0;
}
