import { byId, say } from "../dom.js";
import { problemText } from "../problems.js";
import { words } from "../words/index.js";

/** @import { Preferences } from "./preferences.js" */

const SAYS = /** @type {const} */ ({
  on: "notifications.on",
  off: "notifications.off",
  denied: "notifications.denied",
  none: "notifications.none",
});

/** The panel in which a user turns notifications on. The browser is asked only when they do. */
export class Settings {
  #status = byId("notifications-status", HTMLParagraphElement);
  #problem = byId("notifications-problem", HTMLParagraphElement);
  #retry = byId("notifications-retry", HTMLButtonElement);
  #switch = byId("notifications-switch", HTMLButtonElement);
  #options = byId("notifications-options", HTMLDivElement);
  #sound = byId("notifications-sound", HTMLInputElement);
  #text = byId("notifications-text", HTMLInputElement);
  #preferences;
  #onSwitch;

  /**
   * @param {Preferences} preferences
   * @param {{ onSwitch: (isOn: boolean) => Promise<void>, onSound: () => void }} acts
   *   `onSwitch`: what else comes of turning them on or off
   */
  constructor(preferences, { onSwitch, onSound }) {
    this.#preferences = preferences;
    this.#onSwitch = onSwitch;
    preferences.addEventListener("change", () => this.show());
    this.#switch.addEventListener("click", () => this.#turn());
    this.#retry.addEventListener("click", () => void this.#tell());
    this.#sound.addEventListener("change", () => {
      preferences.set({ hasSound: this.#sound.checked });
      if (this.#sound.checked) onSound();
    });
    this.#text.addEventListener("change", () => {
      preferences.set({ hidesText: !this.#text.checked });
    });
    this.show();
  }

  show() {
    const state = stateOf(this.#preferences.choice.isOn);
    say(this.#status, words(SAYS[state]));
    this.#switch.hidden = state === "denied" || state === "none";
    const turn = words(state === "on" ? "notifications.turn_off" : "notifications.turn_on");
    say(this.#switch, turn);
    this.#switch.classList.toggle("primary", state !== "on");
    this.#switch.classList.toggle("secondary", state === "on");
    this.#options.hidden = state !== "on";
    this.#sound.checked = this.#preferences.choice.hasSound;
    this.#text.checked = !this.#preferences.choice.hidesText;
  }

  async #turn() {
    this.#clear();
    const isOn = stateOf(this.#preferences.choice.isOn) !== "on";
    const isAllowed = !isOn || (await Notification.requestPermission()) === "granted";
    this.#preferences.set({ isOn: isOn && isAllowed });
    if (isAllowed) await this.#tell();
  }

  /** Says what the user chose to those who push. */
  async #tell() {
    const hadFocus = document.activeElement === this.#retry;
    this.#clear();
    try {
      await this.#onSwitch(this.#preferences.choice.isOn);
      if (hadFocus) this.#switch.focus();
    } catch (error) {
      say(this.#problem, words("notifications.not_pushed", { reason: problemText(error) }));
      this.#retry.hidden = false;
      if (hadFocus) this.#retry.focus();
    }
  }

  #clear() {
    say(this.#problem, "");
    this.#retry.hidden = true;
  }
}

/** @param {boolean} isOn what the user chose */
function stateOf(isOn) {
  if (!("Notification" in window)) return "none";
  if (Notification.permission === "denied") return "denied";
  return isOn && Notification.permission === "granted" ? "on" : "off";
}
