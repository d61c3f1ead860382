/**
 * The names of fields on the wire, for those of the package.
 */

/**
 * @template {string} Name
 * @typedef {Name extends `${infer First}${infer Rest}`
 *   ? First extends Lowercase<First>
 *     ? `${First}${SnakeCase<Rest>}`
 *     : `_${Lowercase<First>}${SnakeCase<Rest>}`
 *   : Name} SnakeCase
 */

/**
 * An object of the package as a frame carries it.
 * @template Type
 * @typedef {Type extends readonly (infer Item)[]
 *   ? Wire<Item>[]
 *   : Type extends object
 *     ? { [Name in keyof Type as SnakeCase<Name & string>]: Wire<Type[Name]> }
 *     : Type} Wire
 */

export {};
