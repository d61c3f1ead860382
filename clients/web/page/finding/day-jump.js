import { dayKey } from "../date-formats.js";
import { dayText } from "../dates.js";
import { byId, say } from "../dom.js";
import { requireOnline } from "../online.js";
import { problemText } from "../problems.js";
import { words } from "../words/index.js";
import { firstSince } from "./first-since.js";

/** @import { Chat } from "../../src/index.js" */
/** @import { Entry } from "../entry.js" */

/** Leads to the first message of a day, or of the next day that has any. */
export class DayJump {
  #form = byId("day-form", HTMLFormElement);
  #field = byId("day", HTMLInputElement);
  #status = byId("day-status", HTMLParagraphElement);
  #button = byId("day-go", HTMLButtonElement);
  /** @type {Entry | null} */
  #entry = null;
  #stop = new AbortController();
  #chat;
  #onOpen;

  /**
   * @param {Chat} chat
   * @param {(messageId: string) => void} onOpen
   */
  constructor(chat, onOpen) {
    this.#chat = chat;
    this.#onOpen = onOpen;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#go();
    });
  }

  /** @param {Entry | null} entry */
  show(entry) {
    if (entry?.id !== this.#entry?.id) {
      this.#stop.abort();
      this.#field.value = "";
      say(this.#status, "");
    }
    this.#entry = entry;
  }

  /** @param {Date} at a time of the day */
  offer(at) {
    this.#field.value = valueOf(at);
    this.#field.focus();
  }

  async #go() {
    const { value } = this.#field;
    const id = this.#entry?.id;
    if (!value || id === undefined) return;
    const { signal } = (this.#stop = new AbortController());
    this.#button.disabled = true;
    say(this.#status, words("search.day_looking"));
    try {
      await this.#find(id, beginningOf(value), signal);
    } catch (error) {
      if (!signal.aborted) say(this.#status, problemText(error));
    } finally {
      this.#button.disabled = false;
    }
  }

  /**
   * @param {string} id
   * @param {Date} day
   * @param {AbortSignal} signal
   */
  async #find(id, day, signal) {
    requireOnline(this.#chat);
    const found = await firstSince(
      (range) => this.#chat.history(id, { ...range, signal }),
      await this.#lastSeq(id, signal),
      day.getTime(),
    );
    signal.throwIfAborted();
    if (!found) return say(this.#status, words("search.day_none", { date: dayText(day) }));
    const at = new Date(found.createdAt);
    const isOther = dayKey(at) !== dayKey(day);
    const dates = { asked: dayText(day), found: dayText(at) };
    say(this.#status, isOther ? words("search.day_later", dates) : "");
    this.#onOpen(found.messageId);
  }

  /**
   * @param {string} id
   * @param {AbortSignal} signal
   */
  async #lastSeq(id, signal) {
    const { messages } = await this.#chat.history(id, { limit: 1, signal });
    return messages.at(-1)?.seq ?? 0;
  }
}

/**
 * As the field takes it: 2026-05-31.
 * @param {Date} at
 */
function valueOf(at) {
  const numbers = [at.getMonth() + 1, at.getDate()].map((it) => String(it).padStart(2, "0"));
  return [String(at.getFullYear()).padStart(4, "0"), ...numbers].join("-");
}

/**
 * Where the reader is.
 * @param {string} value as the field gives it: 2026-05-31
 */
function beginningOf(value) {
  const [year = 0, month = 1, day = 1] = value.split("-").map(Number);
  const at = new Date(0);
  at.setFullYear(year, month - 1, day);
  at.setHours(0, 0, 0, 0);
  return at;
}
