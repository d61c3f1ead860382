import { byId, hiddenText, icon } from "./dom.js";
import { words } from "./words/index.js";

const NEXT = /** @type {const} */ ({ auto: "light", light: "dark", dark: "auto" });
const SAYS = /** @type {const} */ ({
  auto: "colours.system",
  light: "colours.light",
  dark: "colours.dark",
});

/** As in tokens.css. */
const PAPER = { light: "#f2efe9", dark: "#141311" };

/** @typedef {keyof typeof NEXT} Theme */

/** The button that goes through the colour schemes; page/theme.js applies the choice on load. */
export function colourButton() {
  const button = byId("theme", HTMLButtonElement);
  const { dataset } = document.documentElement;
  let theme = /** @type {Theme} */ (dataset["theme"] ?? "auto");
  const show = () => {
    button.replaceChildren(icon(theme), hiddenText(words(SAYS[theme])));
    if (theme === "auto") delete dataset["theme"];
    else dataset["theme"] = theme;
    paintFrame(theme);
  };
  button.addEventListener("click", () => {
    theme = NEXT[theme];
    show();
    remember(theme);
  });
  show();
}

/**
 * The browser's own frame follows a choice as the page does.
 * @param {Theme} theme
 */
function paintFrame(theme) {
  /** @type {NodeListOf<HTMLMetaElement>} */
  const metas = document.querySelectorAll('meta[name="theme-color"]');
  for (const meta of metas) {
    const ofSystem = meta.media.includes("dark") ? "dark" : "light";
    meta.content = PAPER[theme === "auto" ? ofSystem : theme];
  }
}

/** @param {Theme} theme */
function remember(theme) {
  try {
    localStorage.setItem("parley-theme", theme);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}
