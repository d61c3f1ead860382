import { durationText, words } from "./words/index.js";

/** @import { Numbered } from "../src/index.js" */

/** @typedef {{ userId: string, username: string }} Person */

/** @typedef {(person: Person) => string} NameOf */

/** @typedef {{ me: string, nameOf: NameOf }} View who reads it, and what they call others */

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
 * @param {NameOf} [nameOf] what people are called
 * @returns {string | null}
 */
export function lineOf({ type, data }, me, nameOf = ({ username }) => username) {
  const view = { me, nameOf };
  if (type === "members_added") return deedLine("added", data, data["members"] ?? [], view);
  if (type === "member_removed") return removalLine(data, view);
  if (type !== "conversation_changed") return null;
  switch (data["change"]) {
    case "muted":
    case "unmuted":
    case "unbanned":
      return deedLine(data["change"], data, [personIn(data)], view);
    case "role":
      return deedLine(ROLES[roleIn(data)], data, [personIn(data)], view);
    default:
      return changeLine(data, view);
  }
}

/**
 * @param {Record<string, any>} data
 * @param {View} view
 */
function removalLine(data, view) {
  if (data["isBanned"]) return deedLine("banned", data, [personIn(data)], view);
  if (data["by"]?.userId !== data["userId"]) {
    return deedLine("removed", data, [personIn(data)], view);
  }
  return data["userId"] === view.me
    ? words("system.left.by_you")
    : words("system.left", { by: view.nameOf(personIn(data)) });
}

/**
 * Languages differ in how they say "you": each person of a sentence has a sentence of their own.
 * @param {Deed} deed
 * @param {Record<string, any>} data
 * @param {Person[]} people to whom it was done
 * @param {View} view
 */
function deedLine(deed, { by: actor }, people, view) {
  const { me } = view;
  const by = actorIn(actor, view);
  const isMine = actor?.userId === me;
  const isToMe = people.length === 1 && people[0]?.userId === me;
  const whom = people.map((person) => nameIn(person, view, isMine));
  if (isMine) return words(`system.${deed}.by_you`, { whom });
  return isToMe ? words(`system.${deed}.of_you`, { by }) : words(`system.${deed}`, { by, whom });
}

/**
 * @param {Record<string, any>} data
 * @param {View} view
 */
function changeLine({ change, by: actor, title, slowSeconds: seconds }, view) {
  const by = actorIn(actor, view);
  const isMine = actor?.userId === view.me;
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
 * @param {Person | undefined} actor
 * @param {View} view
 */
function actorIn(actor, { nameOf }) {
  return actor?.username === undefined ? words("system.somebody") : nameOf(actor);
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
 * @param {View} view
 * @param {boolean} isMine whether the user did it
 */
function nameIn(person, { me, nameOf }, isMine) {
  if (person.userId !== me) return nameOf(person);
  return words(isMine ? "system.yourself" : "system.you_object");
}
