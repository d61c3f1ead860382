/** @import { Numbered } from "../src/index.js" */

/** @typedef {{ user_id: string, username: string }} Person */

/**
 * What a change of the conversation is, in a sentence; null if it is nothing to show in the list.
 * @param {Numbered} change
 * @param {string} me the user's id
 * @returns {string | null}
 */
export function lineOf({ type, data }, me) {
  const by = data["by"] ? nameOf(data["by"], me) : "Somebody";
  if (type === "members_added") return `${by} added ${listOf(data["members"] ?? [], me)}`;
  if (type === "member_removed") return removalLine(data, by, me);
  if (type !== "conversation_changed") return null;
  switch (data["change"]) {
    case "renamed":
      return data["title"]
        ? `${by} changed the title to ${data["title"]}`
        : `${by} took the title off`;
    case "pinned":
      return `${by} pinned a message`;
    case "unpinned":
      return `${by} unpinned a message`;
    case "role":
      return roleLine(data, by, me);
    default:
      return moderationLine(data, by, me);
  }
}

/**
 * @param {Record<string, any>} data
 * @param {string} by
 * @param {string} me
 */
function moderationLine({ change, user_id, username, slow_seconds }, by, me) {
  const name = inSentence(nameOf({ user_id, username: username ?? "somebody" }, me));
  switch (change) {
    case "muted":
      return `${by} muted ${name}`;
    case "unmuted":
      return `${by} ended the mute of ${name}`;
    case "unbanned":
      return `${by} lifted the ban of ${name}`;
    case "slow_mode":
      return slow_seconds
        ? `${by} set slow mode to ${slow_seconds} seconds`
        : `${by} ended slow mode`;
    default:
      return null;
  }
}

/**
 * @param {Record<string, any>} data
 * @param {string} by
 * @param {string} me
 */
function removalLine({ user_id, username, by: who, is_banned }, by, me) {
  const name = nameOf({ user_id, username }, me);
  if (is_banned) return `${by} banned ${inSentence(name)}`;
  return who?.user_id === user_id ? `${name} left` : `${by} removed ${inSentence(name)}`;
}

/**
 * @param {Record<string, any>} data
 * @param {string} by
 * @param {string} me
 */
function roleLine({ user_id, username, role }, by, me) {
  const name = inSentence(nameOf({ user_id, username: username ?? "somebody" }, me));
  return `${by} made ${name} ${role === "owner" ? "an owner" : `a ${role}`}`;
}

/**
 * @param {Person[]} people
 * @param {string} me
 */
function listOf(people, me) {
  const names = people.map((person) => inSentence(nameOf(person, me)));
  if (names.length <= 1) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/**
 * @param {Person} person
 * @param {string} me
 */
function nameOf({ user_id, username }, me) {
  return user_id === me ? "You" : username;
}

/** @param {string} name */
function inSentence(name) {
  return name === "You" ? "you" : name;
}
