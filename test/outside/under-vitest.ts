import { loadPlugins } from '../../plugins/index.ts';
import { checkedBy } from '../methods/checked-by.ts';
import { checkedNames } from './checked-names.ts';

/** Set by `npm run check:method -- ./my-method.ts`: plug-ins, and names among their methods, as JSON. */
const asked = process.env.EMBED_BENCH_CHECK;

if (asked !== undefined) {
  const { plugins, names } = JSON.parse(asked) as { plugins: string[]; names: string[] };
  const loaded = await loadPlugins(plugins, process.env.EMBED_BENCH_CHECK_FROM);
  Object.assign(globalThis, { [checkedBy]: checkedNames(loaded, names) });
}
