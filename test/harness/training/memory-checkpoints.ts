import { deserialize, serialize } from 'node:v8';
import { type Checkpoints, Stopped } from '../../../harness/contract/checkpoints.ts';

export interface Course {
  readonly stepsPerProcess: number;
  /** True (also if absent) if the ends of stages are written down. */
  readonly keepsEnds?: boolean;
  /** True if processes end in the midst of the validation after steps of their own, and not between steps. */
  readonly endsInValidation?: boolean;
}

/**
 * Checkpoints in memory, with processes that end after so many steps each. What is put there goes through a copy, as it would through a
 * file.
 */
export class MemoryCheckpoints implements Checkpoints {
  readonly kept = new Map<string, { readonly facts: Buffer; readonly bytes: Buffer }>();
  /** Lines for the user. */
  readonly told: string[] = [];
  /** Checkpoints that were given. */
  readonly given: string[] = [];
  /** Steps of the process so far: every boundary between steps asks if it ends. */
  private steps = 0;
  private stepsPerProcess: number;
  private readonly keepsEnds: boolean;
  private readonly endsInValidation: boolean;
  private hasEnded = false;
  /** A step asks once if the process ends, validation with every batch. */
  private asksSinceStep = 0;
  private written = 0;

  constructor({ stepsPerProcess, keepsEnds = true, endsInValidation = false }: Course) {
    this.endsInValidation = endsInValidation;
    this.stepsPerProcess = stepsPerProcess;
    this.keepsEnds = keepsEnds;
  }

  /** Processes come to their end from here on. It is always time for a checkpoint. */
  neverEnds(): void {
    this.stepsPerProcess = Infinity;
  }

  /** Runs `train` in one process after the other, until one comes to its end. Returns what that gave, and their number. */
  async inProcesses<T>(train: () => Promise<T>): Promise<{ readonly result: T; readonly processes: number }> {
    for (let processes = 1; ; processes++) {
      this.steps = 0;
      this.hasEnded = false;
      const { written } = this;
      try {
        return { result: await train(), processes };
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
        if (this.written === written)
          throw new Error('a process ended without a checkpoint: no other would get on', { cause: error });
      }
    }
  }

  get endedBy(): NodeJS.Signals | undefined {
    if (this.endsInValidation) this.hasEnded ||= ++this.asksSinceStep > 1 && this.steps > 0;
    return this.hasEnded || this.steps >= this.stepsPerProcess ? 'SIGTERM' : undefined;
  }

  isDue(share = 1): boolean {
    if (this.stepsPerProcess === Infinity) return true;
    if (!this.isListening) return this.keepsEnds;
    if (share < 0.1) return true; // the process ends
    this.steps++;
    this.asksSinceStep = 0;
    return false;
  }

  private isListening = false;
  listen(): void {
    this.isListening = true;
  }
  unlisten(): void {
    this.isListening = false;
  }

  take: Checkpoints['take'] = (stage, at) => {
    const found = this.kept.get(`${stage} ${at}`);
    if (found === undefined) return undefined;
    this.given.push(`${stage} ${at}`);
    let from = 0;
    return {
      facts: deserialize(found.facts) as unknown,
      read(into) {
        const { buffer, byteOffset, byteLength } = into;
        if (from + byteLength > found.bytes.length) throw new Error('the checkpoint ends before');
        new Uint8Array(buffer, byteOffset, byteLength).set(found.bytes.subarray(from, from + byteLength));
        from += byteLength;
      },
      close() {
        if (from !== found.bytes.length) throw new Error(`${found.bytes.length - from} bytes were not read`);
      },
    };
  };

  put: Checkpoints['put'] = async (stage, at, { facts, bytes, write }) => {
    const all: Buffer[] = [];
    await write({
      write: ({ buffer, byteOffset, byteLength }) =>
        void all.push(Buffer.from(new Uint8Array(buffer, byteOffset, byteLength))),
    });
    const written = Buffer.concat(all);
    if (written.length !== bytes) throw new Error(`${written.length} bytes where ${bytes} were promised`);
    this.written++;
    this.kept.set(`${stage} ${at}`, { facts: serialize(facts), bytes: written });
    return true;
  };

  drop: Checkpoints['drop'] = (stage, at) => void this.kept.delete(`${stage} ${at}`);
  tell = (line: string) => void this.told.push(line);
}
