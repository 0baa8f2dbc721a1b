/**
 * Key of the methods that the rules are checked on, with their traits. Whoever runs the tests for plug-ins sets it before
 * checked-methods.ts is loaded.
 */
export const checkedBy = Symbol.for('embed-bench.checked');
