/** One object where many are equal. */

/** Different values that are remembered; more than that are not worth comparing. */
const MOST = 1000;

const remembered = new Map<string, unknown>();

/** An equal value that was given before, or this one. For values that nobody changes, and that JSON can write. */
export function share<T>(value: T): T {
  const key = JSON.stringify(value);
  const known = remembered.get(key);
  // Equal JSON of the same type: the same value.
  if (known !== undefined) return known as T;
  if (remembered.size >= MOST) remembered.clear();
  remembered.set(key, value);
  return value;
}
