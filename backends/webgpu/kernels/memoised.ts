/**
 * The function with its results kept by its arguments, which must be plain data: a pipeline is compiled once for a Program
 * object, so the same form must be the same object.
 */
export function memoised<A extends readonly unknown[], R>(make: (...args: A) => R): (...args: A) => R {
  const made = new Map<string, R>();
  return (...args) => {
    const key = JSON.stringify(args);
    let result = made.get(key);
    if (result === undefined) made.set(key, (result = make(...args)));
    return result;
  };
}
