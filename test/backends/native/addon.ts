import { loadAddon, type Addon } from '../../../backends/native/addon.ts';
import { sanitizers } from '../../../backends/native/build.ts';

/** scripts/test-sanitized.ts has the tests load a build with a sanitizer. */
export const sanitizer = sanitizers.find((name) => name === process.env.EMBED_BENCH_SANITIZER);

export const sanitized = sanitizer !== undefined;

/** The add-on under test, or why there is none. */
function load(): { addon: Addon; missing?: undefined } | { addon?: undefined; missing: string } {
  try {
    return { addon: loadAddon(sanitizer) };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

const loaded = load();

export const missing = loaded.missing;

/** Only for tests in `describeNative`, which do not run where it is missing. */
export const addon = loaded.addon as Addon;
