import { byId, say } from "./dom.js";
import { profiles } from "./finding/profiles.js";
import { problemText } from "./problems.js";
import { words } from "./words/index.js";

/** @import { View } from "./view.js" */

/** Of more people who write at once, only their number is shown. */
const MOST_NAMES = 2;

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
    say(this.#ending, hasLater ? words("room.loading") : "");
  }

  /** @param {unknown} error */
  earlierFailed(error) {
    say(this.#beginning, words("room.earlier_failed", { reason: problemText(error) }));
  }

  /** @param {unknown} error */
  laterFailed(error) {
    say(this.#ending, words("room.later_failed", { reason: problemText(error) }));
  }
}

/** @param {string[]} names */
function typingLine(names) {
  const { length: count } = names;
  if (count === 0) return "";
  return count > MOST_NAMES
    ? words("room.many_typing", { count })
    : words("room.typing", { names, count });
}

/** @param {{ isLoaded: boolean, hasEarlier: boolean, isEmpty: boolean, error: unknown }} state */
function beginningLine({ isLoaded, hasEarlier, isEmpty, error }) {
  if (error) return problemText(error);
  // What is shown from before has no beginning, and a banner says why nothing else comes.
  if (!isLoaded && !isEmpty) return "";
  if (!isLoaded || hasEarlier) return words("room.loading");
  return words(isEmpty ? "room.empty" : "room.begins");
}
