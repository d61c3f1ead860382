import { byId, say } from "./dom.js";
import { profiles } from "./finding/profiles.js";

/** @import { View } from "./view.js" */

/** What stands before the first message and after the last one. */
export class RoomEdges {
  #beginning = byId("beginning", HTMLParagraphElement);
  #ending = byId("ending", HTMLParagraphElement);
  #typing = byId("typing", HTMLParagraphElement);

  /** @param {View} view */
  show({ typing, isLoaded, hasEarlier, hasLater, messages, outgoing, error }) {
    say(this.#typing, typingLine(typing.map((user) => profiles.nameOf(user))));
    this.#typing.classList.toggle("active", typing.length > 0);
    const isEmpty = messages.length + outgoing.length === 0;
    say(this.#beginning, beginningLine({ isLoaded, hasEarlier, isEmpty, error }));
    say(this.#ending, hasLater ? "Loading messages…" : "");
  }

  /** @param {unknown} error */
  earlierFailed(error) {
    say(this.#beginning, `Earlier messages could not be loaded: ${messageOf(error)}`);
  }

  /** @param {unknown} error */
  laterFailed(error) {
    say(this.#ending, `Later messages could not be loaded: ${messageOf(error)}`);
  }
}

/** @param {string[]} names */
function typingLine(names) {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are typing`;
  return `${names.length} people are typing`;
}

/** @param {{ isLoaded: boolean, hasEarlier: boolean, isEmpty: boolean, error: unknown }} state */
function beginningLine({ isLoaded, hasEarlier, isEmpty, error }) {
  if (error) return messageOf(error);
  if (!isLoaded || hasEarlier) return "Loading messages…";
  return isEmpty ? "No messages yet. Write the first." : "The conversation begins here.";
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
