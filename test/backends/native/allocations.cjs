/* global console, process, setImmediate */
/**
 * Asks the add-on (argv[2]) for memory of many sizes on every path that takes some, and prints what came of each as JSON:
 * [path, bytes, outcome]. With `limited` as argv[3] it also has the system refuse the scratch of kernels whose arrays are
 * there. The file is plain CommonJS, so that any Node runs it. Whoever starts it sees a crash.
 */
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const addon = require(process.argv[2]);
addon.configure(2);

const sizes = [];
for (let power = 32; power <= 47; power++) sizes.push(2 ** power - 1, 2 ** power, 2 ** power + 1);
sizes.push(2 ** 32 + 65536, 3 * 2 ** 32, 2 ** 50, 2 ** 53);
const floats = (n) => new Float32Array(n);
const adam = ['adam', Float64Array.of(0.1, 1, 0.9, 0.1, 0.999, 0.001, 1e-8)];
const outcomes = [];

/** Takes memory and lets it go at once. */
function take(path, bytes, work) {
  try {
    work(bytes);
    outcomes.push([path, bytes, 'given']);
  } catch (error) {
    outcomes.push([path, bytes, `${error.name}: ${error.message}`]);
  }
}

/** A table of about so many bytes in rows of 1,024 floats or fewer floats; `more` works on it. */
function table(bytes, rule, more = () => {}, stride = 1024) {
  const handle = addon.createTable(Math.ceil(bytes / 4 / stride), 1024, stride, rule);
  try {
    more(handle);
  } finally {
    addon.freeTable(handle);
  }
}

for (const bytes of sizes) {
  take('allocate', bytes, () => {
    const block = addon.allocate(bytes);
    if (block.byteLength < bytes) throw new Error(`${block.byteLength} bytes`);
    const numbers = new Uint8Array(block, bytes - 1, 1);
    numbers[0] = 7;
  });
  for (const rule of ['sgd', 'rowwise-adagrad', 'adagrad', 'adam'])
    take(rule, bytes, () => table(bytes, rule));
  take('overlapping rows', bytes, () => table(bytes, 'adam', undefined, 8));
  take('update', bytes, () =>
    table(bytes, 'adam', (handle) =>
      addon.updateTable(handle, [Uint32Array.of(0, 0, 1)], [floats(3 * 1024)], ...adam),
    ),
  );
  // Scratch of kernels: small arrays, and a size that none of them vouches for, or that is too large for them.
  take('interact', bytes, () => addon.interact(floats(0), floats(0), floats(0), 1, bytes, 0));
  take('matMul', bytes, () => addon.matMul(floats(0), floats(0), floats(0), 0, bytes, 0, false, false));
  take('sums of columns', bytes, () => addon.denseGradWeights(floats(0), floats(0), floats(0), floats(1), 0, 0, bytes)); // prettier-ignore
  take('sum', bytes, () => addon.sum(floats(0), floats(0), 0, bytes, 1, 1));
  take('top', bytes, () => addon.top(floats(0), floats(0), new Int32Array(0), 0, Math.min(bytes, 2 ** 31 - 1), 0)); // prettier-ignore
  take('segmentSum', bytes, () => addon.segmentSum(floats(0), new Int32Array(0), floats(0), 0, bytes, 0));
  take('packed rows', bytes, () => addon.packRows(floats(0), new Int32Array(0), floats(1), 0, bytes, 2, false)); // prettier-ignore
  take('packedGradWeights', bytes, () => addon.packedGradWeights(new Int32Array(0), 1, 8, true, floats(0), floats(0), floats(0), 0, bytes, 0)); // prettier-ignore
  take('estimates', bytes, () => addon.streamGradient(floats(0), floats(0), floats(1), floats(1), floats(1), 0, 1, 1, 1, bytes)); // prettier-ignore
  take('estimate step', bytes, () => addon.estimateStep(floats(1), floats(1), floats(1), floats(1), [floats(1), floats(1)], bytes, 1, 1, ...adam)); // prettier-ignore
  take('join', bytes, () => addon.joinFieldsGradX(floats(0), floats(0), floats(0), Uint32Array.of(0), 0, bytes, 1, 1)); // prettier-ignore
  take('products', bytes, () => addon.matMuls(floats(0), floats(0), floats(0), Float64Array.of(bytes, 1, 1), 1, 1, 1, 0, false, false)); // prettier-ignore
  take('stored rows', bytes, () => addon.gatherStored(new Uint8Array(1), Float64Array.of(1, 8, 16, 2 ** 31, 1, 0, 0), bytes, new Uint32Array(0), floats(0))); // prettier-ignore
}

/** Work whose arrays are there already, and which needs 160 MB or more besides: refused by a limit, and done without it. */
function refusedWork() {
  const [members, dim] = [1000, 10_000];
  const join = [floats(dim), floats(members * dim), floats(members), new Uint32Array(members), 1, 1, 1, dim];
  const [rows, columns] = [1000, 40_000];
  const words = new Int32Array((rows * columns) / 16);
  const packed = [words, 1, 2, true, floats(rows), floats(columns), floats(1), rows, columns, 1];
  const handle = addon.createTable(40_000, 1024, 1024, 'sgd');
  const gathered = [handle, [new Uint32Array(2e5)], [floats(2e5 * 1024)], 'sgd', Float64Array.of(0.1)];
  const work = {
    'scratch of joinFieldsGradX': () => addon.joinFieldsGradX(...join),
    'scratch of packedGradWeights': () => addon.packedGradWeights(...packed),
    'copy of a table': () => addon.saveTable(handle),
    'sums of an update': () => addon.updateTable(...gathered),
  };
  const all = (suffix) => {
    for (const [path, run] of Object.entries(work)) take(path + suffix, 0, run);
  };
  const limit = (as) => execFileSync('prlimit', ['--pid', String(process.pid), `--as=${as}:`]);
  const [, kilobytes] = /VmSize:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  limit(Number(kilobytes) * 1024 + 100e6);
  all(', refused');
  limit('unlimited');
  all('');
  addon.freeTable(handle);
}

if (process.argv[3] === 'limited') refusedWork();

/** Finalizers run here, those of refused blocks too. */
async function finalize() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

finalize().then(() => {
  const small = new Uint8Array(addon.allocate(64)); // the add-on still works
  console.log(JSON.stringify({ node: process.version, outcomes, still: small.length }));
});
