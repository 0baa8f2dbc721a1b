import { createInterface } from 'node:readline';
import * as tf from '../../tensors/index.ts';
import { backends } from '../../backends/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { UserError } from '../../base/user-error.ts';
import { findNamed } from '../../base/find-named.ts';
import { loadUsed } from '../../plugins/index.ts';
import { errorText } from '../running/describe-exit.ts';
import { KernelClock } from '../../harness/measuring/kernel-clock.ts';
import { BuiltConfiguration } from './built-configuration.ts';
import type { Build, Open, Opened, Request } from './messages.ts';

/** The process of one configuration: its memory, its threads and its crashes are its own. */

const clock = new KernelClock();

async function open({ backend, threads, plugins }: Open): Promise<OpenBackend> {
  await loadUsed(plugins);
  const opened = await findNamed(backends, 'backend', backend).open({ threads });
  if (opened.fallbacks) opened.fallbacks.refused = true; // what is timed is one backend
  tf.enableProdMode();
  return opened.synchronize ? opened : clock.watchRows(opened);
}

let backend: OpenBackend | undefined;
let built: BuiltConfiguration | undefined;

async function answer(request: Request): Promise<object> {
  switch (request.type) {
    case 'open':
      backend = await open(request);
      return {
        version: backend.version,
        threads: backend.threads,
        device: backend.synchronize ? 'gpu' : 'cpu',
        ...(backend.software && { software: true }),
      } satisfies Opened;
    case 'build':
      built = new BuiltConfiguration((request as Build).configuration, backend!, clock);
      return {};
    case 'time':
      return built!.time(request);
    case 'profile':
      return built!.profile(request);
  }
}

// A library's prints must not mix into the answers.
console.log = console.error;

/** No top-level await: a bundle is one script. */
async function answerAll(): Promise<void> {
  // The loop ends with standard input: nobody is left to ask.
  for await (const line of createInterface({ input: process.stdin })) {
    let said: object;
    try {
      said = await answer(JSON.parse(line) as Request);
    } catch (error) {
      said = { error: errorText(error) };
      if (!(error instanceof UserError)) console.error(error); // the trace is for whoever mends it
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
  process.exit(0); // whatever a backend's threads still wait for
}

void answerAll();
