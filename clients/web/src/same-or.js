/**
 * The list from before, where the other one has the same in it.
 * @template Item
 * @param {readonly Item[]} before
 * @param {readonly Item[]} now
 */
export function sameOr(before, now) {
  const isSame = before.length === now.length && before.every((item, index) => item === now[index]);
  return isSame ? before : now;
}
