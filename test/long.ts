/**
 * Tests have a short form, which runs before every commit, and a long one: `npm run test:long`. The short form checks the same
 * properties on fewer sizes, where more of them prove nothing more of our own code.
 */
export const isLong = process.env.EMBED_BENCH_TEST === 'long';

/** `short` in the short form, `whole` in the long one. */
export const sized = <T>(short: T, whole: T): T => (isLong ? whole : short);
