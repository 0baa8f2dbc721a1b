/** While it is set, hash32 hashes the token of a number. A test file that checks plans replaces hash32 so. */
export const hashed: { tokenOf: ((number: number) => number) | undefined } = { tokenOf: undefined };
