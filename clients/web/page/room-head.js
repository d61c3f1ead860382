import { render } from "preact";

import { nameOf } from "./entry.js";
import { byId, say } from "./dom.js";
import { presenceWords } from "./last-seen.js";
import { conversationAvatar } from "./views.js";
import { words } from "./words/index.js";

/** @import { Entry } from "./entry.js" */
/** @import { Shown } from "./member-rows.js" */

/** What stands above the messages: whose conversation it is. */
export class RoomHead {
  #title = byId("room-title", HTMLHeadingElement);
  #peopleLine = byId("room-people", HTMLParagraphElement);
  #avatar = byId("room-avatar", HTMLSpanElement);

  /**
   * @param {Entry} entry
   * @param {Shown[]} members
   * @param {string} me the user's id
   * @param {number} online how many of all of them
   */
  show(entry, members, me, online) {
    const name = nameOf(entry);
    say(this.#title, name);
    render(conversationAvatar(entry, name), this.#avatar);
    say(this.#peopleLine, peopleLine(entry, members, me, online));
  }

  focus() {
    this.#title.focus();
  }
}

/**
 * @param {Entry} entry
 * @param {Shown[]} members
 * @param {string} me
 * @param {number} online
 */
function peopleLine({ kind }, members, me, online) {
  const others = members.filter(({ userId }) => userId !== me);
  if (members.length === 0) return "";
  if (kind === "direct" && !others[0]) return words("room.no_longer_here");
  if (kind === "direct" && others[0]) {
    const { online: isOnline, lastSeenAt } = others[0];
    return presenceWords({ isOnline, ...(lastSeenAt && { lastSeenAt }) }, new Date());
  }
  const people = words("room.people", { count: members.length });
  return words("room.people_online", { people, online: words("room.online", { count: online }) });
}
