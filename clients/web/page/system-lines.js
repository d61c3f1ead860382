import { durationText, words } from "./words/index.js";

/** @import { Numbered } from "../src/index.js" */

/** @typedef {{ userId: string, username: string }} Person */

/** What a member does to others. */
/** @typedef {"added" | "removed" | "banned" | "unbanned" | "muted" | "unmuted" | "made_owner" | "made_moderator" | "made_member"} Deed */

const ROLES = /** @type {const} */ ({
  owner: "made_owner",
  moderator: "made_moderator",
  member: "made_member",
});

/**
 * What a change of the conversation is, in a sentence; null if it is nothing to show in the list.
 * @param {Numbered} change
 * @param {string} me the user's id
 * @returns {string | null}
 */
export function lineOf({ type, data }, me) {
  if (type === "members_added") return deedLine("added", data, data["members"] ?? [], me);
  if (type === "member_removed") return removalLine(data, me);
  if (type !== "conversation_changed") return null;
  switch (data["change"]) {
    case "muted":
    case "unmuted":
    case "unbanned":
      return deedLine(data["change"], data, [personIn(data)], me);
    case "role":
      return deedLine(ROLES[roleIn(data)], data, [personIn(data)], me);
    default:
      return changeLine(data, me);
  }
}

/**
 * @param {Record<string, any>} data
 * @param {string} me
 */
function removalLine(data, me) {
  if (data["isBanned"]) return deedLine("banned", data, [personIn(data)], me);
  if (data["by"]?.userId !== data["userId"]) {
    return deedLine("removed", data, [personIn(data)], me);
  }
  return data["userId"] === me
    ? words("system.left.by_you")
    : words("system.left", { by: data["username"] });
}

/**
 * Languages differ in how they say "you": each person of a sentence has a sentence of their own.
 * @param {Deed} deed
 * @param {Record<string, any>} data
 * @param {Person[]} people to whom it was done
 * @param {string} me
 */
function deedLine(deed, { by: actor }, people, me) {
  const by = actor?.username ?? words("system.somebody");
  const isMine = actor?.userId === me;
  const isToMe = people.length === 1 && people[0]?.userId === me;
  const whom = people.map((person) => nameIn(person, me, isMine));
  if (isMine) return words(`system.${deed}.by_you`, { whom });
  return isToMe ? words(`system.${deed}.of_you`, { by }) : words(`system.${deed}`, { by, whom });
}

/**
 * @param {Record<string, any>} data
 * @param {string} me
 */
function changeLine({ change, by: actor, title, slowSeconds: seconds }, me) {
  const by = actor?.username ?? words("system.somebody");
  const isMine = actor?.userId === me;
  switch (change) {
    case "renamed":
      if (!title) return words(isMine ? "system.untitled.by_you" : "system.untitled", { by });
      return words(isMine ? "system.renamed.by_you" : "system.renamed", { by, title });
    case "pinned":
      return words(isMine ? "system.pinned.by_you" : "system.pinned", { by });
    case "unpinned":
      return words(isMine ? "system.unpinned.by_you" : "system.unpinned", { by });
    case "slow_mode": {
      if (!seconds)
        return words(isMine ? "system.slow_mode_off.by_you" : "system.slow_mode_off", { by });
      const duration = durationText(seconds, "second");
      return words(isMine ? "system.slow_mode.by_you" : "system.slow_mode", { by, duration });
    }
    default:
      return null;
  }
}

/**
 * @param {Record<string, any>} data
 * @returns {Person}
 */
function personIn({ userId, username }) {
  return { userId, username: username ?? words("system.somebody_object") };
}

/**
 * @param {Record<string, any>} data
 * @returns {keyof typeof ROLES}
 */
function roleIn({ role }) {
  return Object.hasOwn(ROLES, role) ? role : "member";
}

/**
 * @param {Person} person
 * @param {string} me
 * @param {boolean} isMine whether the user did it
 */
function nameIn({ userId, username }, me, isMine) {
  if (userId !== me) return username;
  return words(isMine ? "system.yourself" : "system.you_object");
}
