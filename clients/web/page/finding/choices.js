import { nameOf } from "../entry.js";
import { matching } from "./matching.js";
import { profiles } from "./profiles.js";

/** @import { User } from "../../src/index.js" */
/** @import { Entry } from "../entry.js" */

/**
 * @typedef {{ kind: "conversation", id: string, entry: Entry }
 *   | { kind: "person", id: string, person: User }} Choice
 */

/** So many are shown of each kind. */
const MOST = { conversation: 20, person: 10 };
/** So many people are shown before anything is typed. */
const MOST_AT_FIRST = 5;

/**
 * What matches what was typed: conversations, and then people without a direct conversation, since that
 * one stands for its person.
 * @param {string} typed
 * @param {readonly Entry[]} entries the latest first
 * @param {readonly User[]} people
 * @returns {Choice[]}
 */
export function choicesFor(typed, entries, people) {
  const wanted = typed.trim().replace(/^@/, "");
  const known = new Set(entries.flatMap(({ otherId }) => otherId ?? []));
  const others = people.filter(({ userId }) => !known.has(userId));
  const found = matching(wanted, entries, (entry) => [nameOf(entry), ...usernameIn(entry, people)]);
  const foundPeople = matching(wanted, others, (person) => [
    person.username,
    profiles.nameOf(person),
  ]);
  const mostPeople = wanted === "" ? MOST_AT_FIRST : MOST.person;
  return [
    ...found.slice(0, MOST.conversation).map((entry) => {
      return { kind: /** @type {const} */ ("conversation"), id: entry.id, entry };
    }),
    ...foundPeople.slice(0, mostPeople).map((person) => {
      return { kind: /** @type {const} */ ("person"), id: person.userId, person };
    }),
  ];
}

/**
 * A direct conversation is found by the username of the other, too.
 * @param {Entry} entry
 * @param {readonly User[]} people
 */
function usernameIn({ otherId }, people) {
  return people.filter(({ userId }) => userId === otherId).map(({ username }) => username);
}
