/** @import { Service, StoredConversation } from "./service.js" */

/**
 * What changed, without any content: a frame is made of it and of the state there is then.
 * @typedef {{ target?: number, part: string, frame: (seq: number) => any }} Change
 */

/** What `commit` returns if the number is too low: another one is taken. */
export const OUTDONE = Symbol("outdone");

/**
 * Takes the next number of the conversation and stores something under it, after the time that
 * storing takes. A reader who passed the number meanwhile has sealed it; then another is taken.
 * @template Outcome
 * @param {Service} service
 * @param {StoredConversation} conversation
 * @param {(seq: number) => Outcome | typeof OUTDONE} commit stores, or throws
 * @returns {Promise<Outcome>}
 */
export async function underNextNumber(service, conversation, commit) {
  for (;;) {
    const seq = ++conversation.last_seq;
    await service.options.storing();
    if (conversation.sealed.has(seq)) continue;
    try {
      const outcome = commit(seq);
      if (outcome !== OUTDONE) return outcome;
    } finally {
      if (!isTaken(conversation, seq)) conversation.sealed.add(seq);
    }
  }
}

/**
 * What has no message and no change yet will never have one.
 * @param {StoredConversation} conversation
 * @param {number} after
 */
function seal(conversation, after) {
  for (let seq = after + 1; seq <= conversation.last_seq; seq++) {
    if (!isTaken(conversation, seq)) conversation.sealed.add(seq);
  }
}

/**
 * @param {StoredConversation} conversation
 * @param {number} seq
 */
function isTaken({ messages, changes }, seq) {
  return messages.has(seq) || changes.has(seq);
}

/**
 * Messages and changes after a number, as they are now; each part of a message once, and not of one
 * that is on the page anyway. Messages and changes share the limit.
 * @param {StoredConversation} conversation
 * @param {number} after
 * @param {number} limit
 */
export function pageUp(conversation, after, limit) {
  seal(conversation, after);
  const { messages, changes, last_seq } = conversation;
  const page = { messages: /** @type {any[]} */ ([]), changes: new Map() };
  for (let seq = after + 1; seq <= last_seq; seq++) {
    const message = messages.get(seq);
    const change = changes.get(seq);
    const isNew = message || (change && !(Number(change.target) > after));
    const replaced = change && page.changes.has(change.part);
    const isFull = page.messages.length + page.changes.size >= limit;
    if (isNew && isFull && !replaced) return answer(page, seq - 1, true);
    if (message) page.messages.push(message);
    else if (change && isNew) {
      page.changes.delete(change.part);
      page.changes.set(change.part, change.frame(seq));
    }
  }
  return answer(page, last_seq, false);
}

/**
 * @param {{ messages: any[], changes: Map<string, any> }} page
 * @param {number} up_to
 * @param {boolean} has_more
 */
function answer({ messages, changes }, up_to, has_more) {
  return { messages, changes: [...changes.values()], up_to, has_more };
}

/**
 * Messages before a number, or the newest, as they are now.
 * @param {StoredConversation} conversation
 * @param {number} before
 * @param {number} limit
 */
export function pageDown(conversation, before, limit) {
  seal(conversation, 0);
  const asked = ordered(conversation).filter(({ seq }) => seq < before);
  const messages = asked.slice(-limit);
  const has_more = messages.length < asked.length;
  return { messages, changes: [], up_to: conversation.last_seq, has_more };
}

/** @param {StoredConversation} conversation */
export function ordered({ messages }) {
  return [...messages.values()].sort((a, b) => a.seq - b.seq);
}

/**
 * The page as a service without changes gives it: nothing is settled on the way down.
 * @param {StoredConversation} conversation
 * @param {{ after?: number, before?: number, limit: number }} range
 */
export function pageOfMessages(conversation, { after, before = Infinity, limit }) {
  if (after !== undefined) seal(conversation, after);
  const asked = ordered(conversation).filter(({ seq }) => seq > (after ?? 0) && seq < before);
  const messages = after === undefined ? asked.slice(-limit) : asked.slice(0, limit);
  return { messages, has_more: messages.length < asked.length };
}
