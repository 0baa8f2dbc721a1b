import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import type { Environment } from '../../results/environment.ts';
import type { RunRecord } from '../../results/record.ts';
import { comparisons } from '../../analysis/comparisons/comparable.ts';
import { checkOfRun } from '../../results/check-record.ts';
import { machinesOf, machineText } from '../../results/hardware.ts';
import { sealedLine } from '../../results/sealed-line.ts';
import { openStore, readRecording } from '../../results/store.ts';
import { completedRun, environment, failedRun, infeasibleRun } from '../reports/recordings.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'embed-bench-store-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const first = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });
const second = infeasibleRun({ method: 'robe', ratio: 64, seed: 1 });
const third = failedRun({ method: 'robe', ratio: 4, seed: 1 });
const file = () => join(directory, 'runs.jsonl');
const lines = () => readFileSync(file(), 'utf8').split('\n');

/** Opens the store, works with it, closes it. */
function write(work: (store: ReturnType<typeof openStore>) => void): void {
  const store = openStore(directory);
  try {
    work(store);
  } finally {
    store.close();
  }
}

function changed(change: Partial<Environment>): Environment {
  return { ...environment, ...change };
}

describe('a store', () => {
  it('gives back what was appended', () => {
    write((store) => {
      store.writeEnvironment(environment);
      for (const record of [first, second, third]) store.append(record);
      expect(store.has(first.id)).toBe(true);
      expect(store.has('other')).toBe(false);
    });
    write((store) => expect(store.latest(third.id)).toEqual(third));
    expect(readRecording(directory)).toEqual({ environment, runs: [first, second, third] });
    expect(lines()).toHaveLength(4);
  });

  it('says which path cannot be read', () => {
    mkdirSync(file());
    expect(() => openStore(directory)).toThrow(
      new UserError(`${file()}: is a folder where a file is needed; move it away`),
    );
  });

  it('lets a later record of an id supersede the earlier, which stays in the file', () => {
    const repeated = completedRun({ method: 'robe', ratio: 4, seed: 1, auc: 0.75 });
    write((store) => {
      store.writeEnvironment(environment);
      for (const record of [third, first, repeated]) store.append(record);
      expect(store.latest(repeated.id)?.status).toBe('completed');
    });
    expect(repeated.id).toBe(third.id);
    expect(readRecording(directory).runs).toEqual([repeated, first]);
    expect(lines()).toHaveLength(4);
  });

  it('refuses a record that no reader could read', () => {
    const broken = { ...first, quality: { ...first.quality, auc: NaN } };
    write((store) => {
      expect(() => store.append(broken)).toThrow();
      expect(store.has(broken.id)).toBe(false);
    });
    expect(readFileSync(file(), 'utf8')).toBe('');
  });

  it('takes bytes by kind that sum to the serving bytes, or none', () => {
    const { servingBytes } = first.size;
    const bytes = { tables: servingBytes - 12, scales: 0, positions: 0, weights: 8, maps: 0, codes: 4 };
    const withBytes = (codes: number) => ({ ...first, size: { ...first.size, bytes: { ...bytes, codes } } });
    write((store) => {
      expect(() => store.append(withBytes(5))).toThrow('do not sum to servingBytes');
      expect(() => store.append(withBytes(-4))).toThrow();
      store.append(withBytes(4));
      expect(store.latest(first.id)).toEqual(withBytes(4));
    });
  });
});

describe('a killed write', () => {
  it('at any byte leaves the records before it, and a file that can be continued', () => {
    const line = JSON.stringify(second);
    for (const kept of [1, 2, 60, line.length - 1]) {
      rmSync(directory, { recursive: true });
      write((store) => store.append(first));
      appendFileSync(file(), line.slice(0, kept));
      write((store) => {
        expect(store.has(second.id)).toBe(false);
        store.append(third);
      });
      write((store) => {
        expect([store.latest(first.id), store.latest(third.id)]).toEqual([first, third]);
        store.writeEnvironment(environment);
      });
      expect(lines()).toEqual([sealedLine(first), sealedLine(third), '']);
    }
  });

  it('is tolerated by a reader, which changes nothing', () => {
    write((store) => {
      store.writeEnvironment(environment);
      store.append(first);
    });
    appendFileSync(file(), '{"id":"torn');
    const before = readFileSync(file());
    expect(readRecording(directory).runs).toEqual([first]);
    expect(readFileSync(file())).toEqual(before);
  });

  it('that lost only the newline lost nothing', () => {
    write((store) => store.append(first));
    appendFileSync(file(), JSON.stringify(second));
    write((store) => {
      expect(store.has(second.id)).toBe(true);
      store.append(third);
    });
    expect(lines()).toEqual([...[sealedLine(first), JSON.stringify(second), sealedLine(third)], '']);
  });
});

describe('a malformed line', () => {
  it.each([
    ['no JSON', '{"id": '],
    ['no record', '{"id":"x","status":"completed"}'],
  ])('that is %s is a UserError naming file and line', (_, line) => {
    writeFileSync(file(), `${JSON.stringify(first)}\n${line}\n${JSON.stringify(second)}\n`);
    expect(() => openStore(directory)).toThrow(UserError);
    expect(() => openStore(directory)).toThrow(`${file()}:2: not a run record`);
    // The lock is not left behind.
    expect(readdirSync(directory)).toEqual(['runs.jsonl']);
  });
});

describe('an environment', () => {
  it('is replaced whole, and remembers the titles of methods run before', () => {
    const robe = { title: 'Random offset block embedding', paper: { cite: 'Desai et al. 2022', url: 'x' } };
    write((store) => {
      store.writeEnvironment(environment);
      store.writeEnvironment(changed({ command: 'again', methods: { robe } }));
      store.append(first);
    });
    const { command, methods } = readRecording(directory).environment;
    expect(command).toBe('again');
    expect(methods).toEqual({ ...environment.methods, robe });
    expect(readdirSync(directory).sort()).toEqual(['environment.json', 'runs.jsonl']);
  });

  it.each<[string, Partial<Environment>]>([
    ['fingerprint', { data: { ...environment.data, fingerprint: 'other' } }],
    ['protocol', { data: { ...environment.data, protocol: 'random' } }],
    ['budgets', { count: 'keys' }],
    ['backend version', { backend: { ...environment.backend, version: '4.23.0' } }],
    ['backend', { backend: { ...environment.backend, name: 'other' } }],
    ['thread count', { backend: { ...environment.backend, threads: 7 } }],
  ])('of another %s is refused', (what, change) => {
    write((store) => store.writeEnvironment(environment));
    write((store) => {
      expect(() => store.writeEnvironment(changed(change))).toThrow(UserError);
      expect(() => store.writeEnvironment(changed(change))).toThrow(
        new RegExp(`${what}.*never mixed.*--out`),
      );
    });
  });

  it('and runs must be of the same data', () => {
    const stray: RunRecord = { ...third, dataset: { ...third.dataset, fingerprint: 'other' } };
    write((store) => {
      store.writeEnvironment(environment);
      expect(() => store.append(stray)).toThrow(/fingerprint/);
    });
    writeFileSync(file(), `${JSON.stringify(stray)}\n`);
    expect(() => readRecording(directory)).toThrow(/fingerprint/);
    write((store) => expect(() => store.writeEnvironment(environment)).toThrow(/fingerprint/));
  });

  it.each<[string, Partial<Environment>]>([
    ['CPU', { cpu: 'other' }],
    ['number of processors', { cpus: 64 }],
    ['system', { platform: 'darwin arm64' }],
    ['instruction set', { backend: { ...environment.backend, version: '4.22.0 AVX2' } }],
  ])('of another %s joins the one that began the recording', (_, change) => {
    const elsewhere = changed({ ...change, command: 'again' });
    write((store) => store.writeEnvironment(environment));
    write((store) => store.writeEnvironment(elsewhere));
    write((store) => {
      store.writeEnvironment(elsewhere);
      store.append({ ...third, machine: machineText(elsewhere) });
      store.append(second); // an older record: its machine is the recording's
    });
    const { environment: read } = readRecording(directory);
    expect([read.cpu, read.cpus, read.platform, read.backend, read.command]).toEqual([
      ...[environment.cpu, environment.cpus, environment.platform, environment.backend, 'again'],
    ]);
    expect(machinesOf(read).map(machineText)).toEqual([environment, elsewhere].map(machineText));
    write((store) => store.writeEnvironment(environment));
    expect(readRecording(directory).environment.machines).toHaveLength(1);
  });

  it('and runs must be of hardware that it knows, where they say it', () => {
    const here = { ...third, machine: machineText(environment) };
    const stray = { ...third, machine: machineText(changed({ cpus: 64 })) };
    write((store) => {
      store.writeEnvironment(environment);
      store.append(here);
      expect(() => store.append(stray)).toThrow(/other hardware \(Example 9000.*64 processors/);
    });
    // Put there by hand: no table, chart or comparison takes them.
    appendFileSync(file(), `${JSON.stringify({ ...first, machine: stray.machine })}\n`);
    expect(() => comparisons(readRecording(directory))).toThrow(
      /other hardware.*its speeds are never compared/,
    );
    // And a recording whose environment.json was lost is not continued elsewhere.
    rmSync(join(directory, 'environment.json'));
    write((store) => expect(() => store.writeEnvironment(environment)).toThrow(/other hardware/));
  });

  it('keeps checks apart from runs', () => {
    const check = checkOfRun(first, 'Other 1, 2 processors, linux x64');
    write((store) => {
      store.writeEnvironment(environment);
      store.append(first);
      store.appendCheck(check);
      expect(store.checkOf(check.id)).toEqual(check);
    });
    write((store) => expect(store.checkOf(check.id)).toEqual(check));
    expect(readRecording(directory)).toEqual({ environment, runs: [first], checks: [check] });
    expect(check).toMatchObject({ run: first.id, quality: { auc: first.quality.auc } });
  });

  it('that is missing or torn is a UserError that says what to do', () => {
    expect(() => readRecording(directory)).toThrow(/no such recording/);
    write((store) => store.append(first));
    expect(() => readRecording(directory)).toThrow(/environment\.json is missing; repeat/);
    writeFileSync(join(directory, 'environment.json'), '{');
    expect(() => readRecording(directory)).toThrow(/environment\.json: not JSON/);
  });
});

describe('the lock', () => {
  const lock = () => join(directory, 'lock');

  it('keeps a second writer out, and is gone after close', () => {
    write(() => expect(() => openStore(directory)).toThrow(/is writing this recording; wait/));
    write((store) => store.append(first));
    expect(readdirSync(directory)).toEqual(['runs.jsonl']);
  });

  it.each([
    ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: null })],
    [
      'another process of the same number',
      JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }),
    ],
    ['a power cut', ''],
    ['a kill while it was written', '{"pid":'],
  ])('left behind by %s is taken over', (_, content) => {
    writeFileSync(lock(), content);
    utimesSync(lock(), 1e9, 1e9); // what is a moment old may still be written
    write((store) => store.append(first));
  });

  it('of another machine is respected', () => {
    writeFileSync(lock(), JSON.stringify({ pid: 1, host: 'elsewhere.example', started: null }));
    expect(() => openStore(directory)).toThrow(
      /process 1 on elsewhere\.example .* or add --gone-host elsewhere\.example if that machine no longer runs$/,
    );
    expect(() => openStore(directory, { goneHosts: ['other'] })).toThrow(/elsewhere/);
    openStore(directory, { goneHosts: ['other', 'elsewhere.example'] }).close();
    expect(readdirSync(directory)).toEqual(['runs.jsonl']);
  });
});
