/**
 * The function, which gives the same result again as long as it is asked the same.
 * @template {unknown[]} Asked
 * @template Result
 * @param {(...asked: Asked) => Result} make
 * @returns {(...asked: Asked) => Result}
 */
export function remembering(make) {
  /** @type {{ asked: Asked, result: Result } | null} */
  let last = null;
  return (...asked) => {
    if (!last?.asked.every((it, index) => it === asked[index]))
      last = { asked, result: make(...asked) };
    return last.result;
  };
}
