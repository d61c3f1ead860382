import { byId, hiddenText, icon } from "./dom.js";

const NEXT = /** @type {const} */ ({ auto: "light", light: "dark", dark: "auto" });
const SAYS = {
  auto: "Colours: as the system. Change to light",
  light: "Colours: light. Change to dark",
  dark: "Colours: dark. Change to the system's",
};

/** @typedef {keyof typeof NEXT} Theme */

/** The button that goes through the colour schemes; page/theme.js applies the choice on load. */
export function colourButton() {
  const button = byId("theme", HTMLButtonElement);
  const { dataset } = document.documentElement;
  let theme = /** @type {Theme} */ (dataset["theme"] ?? "auto");
  const show = () => {
    button.replaceChildren(icon(theme), hiddenText(SAYS[theme]));
    if (theme === "auto") delete dataset["theme"];
    else dataset["theme"] = theme;
  };
  button.addEventListener("click", () => {
    theme = NEXT[theme];
    show();
    remember(theme);
  });
  show();
}

/** @param {Theme} theme */
function remember(theme) {
  try {
    localStorage.setItem("parley-theme", theme);
  } catch {
    // Storage is switched off: the choice holds until the page is left.
  }
}
