import { UserError } from '../../base/user-error.ts';
import type { Method } from '../../harness/contract/method.ts';
import { loadPlugins } from '../../plugins/index.ts';
import { checkedBy } from '../methods/checked-by.ts';
import { checkedNames } from './checked-names.ts';
import { type Ran, runTests } from './run-tests.ts';
import { collected } from './vitest.ts';

/**
 * The conformance suite of a package: `embed-bench check ./my-method.ts`. It has the tests that `npm run check:method` gives to Vitest,
 * compiled together with this program, which takes Vitest's place.
 */

/** The files of rules for all methods. Each is loaded once the methods are known. */
const rules: Readonly<Record<string, () => Promise<unknown>>> = {
  conformance: () => import('../methods/conformance.test.ts'),
  gradients: () => import('../methods/gradients.test.ts'),
  'served bytes': () => import('../methods/serving.test.ts'),
  keys: () => import('../methods/told-apart.test.ts'),
  'interrupted training': () => import('../harness/training/resumed.test.ts'),
  'replayed steps': () => import('../backends/native/replay/methods.test.ts'),
};

interface Asked {
  readonly plugins: readonly string[];
  readonly names: readonly string[];
  readonly allOptions: boolean;
}

/** Checks methods, prints a line for each file of rules and the reason of every failure, and returns the exit code. */
async function check({ plugins, names, allOptions }: Asked): Promise<number> {
  const loaded = await loadPlugins(plugins);
  const { methods, traits } = checkedNames(loaded, names);
  Object.assign(globalThis, { [checkedBy]: { methods, traits } });
  const isAsked = ofMethods(methods, allOptions);
  const failures: Ran[] = [];
  let passed = 0;
  for (const [rule, load] of Object.entries(rules)) {
    await load();
    const counts = { passed: 0, skipped: 0, failed: 0 };
    await runTests(
      collected().filter(({ name }) => isAsked(name)),
      (ran) => {
        counts[ran.result]++;
        if (ran.result === 'failed') failures.push(ran);
      },
    );
    passed += counts.passed;
    console.log(
      `${counts.failed > 0 ? 'failed' : counts.passed > 0 ? 'ok    ' : 'none  '}  ${rule}: ${counts.passed} passed` +
        (counts.failed > 0 ? `, ${counts.failed} failed` : '') +
        (counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''),
    );
  }
  for (const { name, error } of failures) console.log(`\n${name}\n  ${reasonOf(error)}`);
  const all = methods.map(({ name }) => name).join(', ');
  console.log(`${all}: ${failures.length > 0 ? `${failures.length} failed, ` : ''}${passed} passed`);
  return failures.length > 0 || passed === 0 ? 1 : 0;
}

/** Titles name methods, and variants with other options than the defaults end in ` {"...`. */
function ofMethods(methods: readonly Method[], allOptions: boolean): (title: string) => boolean {
  const names = methods.map(({ name }) => name).join('|');
  const asked = new RegExp(`(^|[^a-z-])(?:${names})(?![a-z-])${allOptions ? '' : '(?! \\{")'}`);
  return (title) => asked.test(title);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [message, ...more] = error.message.split('\n');
  const place = (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line));
  return [message, ...more.slice(0, 4), ...(place ? [place.trim()] : [])].join('\n  ');
}

// tfjs greets users of its slowest backend, which is the reference here.
console.warn = () => {};

const [, , text] = process.argv;
process.exitCode = 13; // Node's own for a promise that nothing settles
check(JSON.parse(text) as Asked).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof UserError ? `error: ${error.message}` : error);
    process.exit(error instanceof UserError ? 2 : 1);
  },
);
