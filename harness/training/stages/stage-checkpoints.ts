import { canonicalJson } from '../../../base/canonical-json.ts';
import {
  type ByteSink,
  type CheckpointPlace,
  type Checkpoints,
  Stopped,
} from '../../contract/checkpoints.ts';
import type { Data } from '../../contract/data.ts';
import type { StageMeter } from './stage-meter.ts';
import { readState, stateOf, type StateFacts, suits, whyNotKept, writeState } from '../state/stage-state.ts';
import type { StageTrained } from './stage-outcome.ts';
import type { TrainingCourse } from '../training-course.ts';
import type { Trainer } from '../trainer.ts';
import type { WeightAverage } from '../weight-average.ts';

/** The part of a run's training that earlier processes have done. */
export interface Resumption {
  /** Those processes. */
  times: number;
  /** Their seconds of training. */
  seconds: number;
}

/** A checkpoint but for its numbers. */
interface Facts {
  /** The plan's choices: those of the same plan are the same. */
  readonly choices: string;
  readonly state: StateFacts;
  /** Processes that have trained the run up to here. */
  readonly processes: number;
}
interface StepFacts extends Facts {
  readonly course: TrainingCourse;
  readonly seconds: number;
  readonly peakRssBytes: number;
}
interface EndFacts extends Facts {
  readonly trained: StageTrained;
}

/** The share of the time between two checkpoints that is enough for one at the end of an epoch or a stage. */
const shareAtEnd = 0.1;

/** The same of a process that is asked to end. */
const shareWorthWhile = 0.01;

/** The checkpoints of one stage of a run. */
export class StageCheckpoints {
  private readonly all: Checkpoints;
  private readonly stage: number;
  private readonly trainer: Trainer;
  private readonly meter: StageMeter;
  private readonly resumption: Resumption;
  /** The reason why this stage has none. */
  private readonly whyNot: string | undefined;

  constructor(all: Checkpoints, stage: number, trainer: Trainer, meter: StageMeter, resumption: Resumption) {
    this.all = all;
    this.stage = stage;
    this.trainer = trainer;
    this.meter = meter;
    this.resumption = resumption;
    this.whyNot = whyNotKept(trainer);
  }

  /** Brings the trainer to the end of the stage, if an earlier process has written it down. */
  takeEnd(): StageTrained | undefined {
    const facts = this.take<EndFacts>('end');
    if (facts && facts.trained.by === undefined) this.resumption.seconds += facts.trained.seconds;
    return facts?.trained;
  }

  /** Writes the end of the stage down, if its training would take long. */
  async putEnd(trained: StageTrained): Promise<void> {
    const { all, stage } = this;
    if (this.whyNot !== undefined || !all.isDue(shareAtEnd)) return;
    const facts: Omit<EndFacts, keyof Facts> = { trained };
    if (await this.put('end', facts)) all.drop(stage, 'step');
  }

  /** Brings the trainer to where an earlier process has left off; undefined if the stage begins at its start. */
  takeStep(average: WeightAverage | undefined): TrainingCourse | undefined {
    const facts = this.take<StepFacts>('step', average);
    if (facts === undefined) return undefined;
    this.resumption.seconds += facts.seconds;
    this.meter.goOnFrom(facts);
    return facts.course;
  }

  /** True if a checkpoint is to be written between two steps. `atEnd`: an epoch ends here. */
  isWanted(atEnd: boolean): boolean {
    const isDue = this.all.isDue(atEnd ? shareAtEnd : 1);
    if (this.whyNot === undefined) return isDue || this.all.endedBy !== undefined;
    if (isDue)
      this.all.tell(
        `the training cannot be resumed in the midst of its stage ${this.stage + 1}: ${this.whyNot}`,
      );
    return this.all.endedBy !== undefined;
  }

  /**
   * Writes one, all steps so far being read. `goesOn` is called with every piece: others may wait for this training. Throws Stopped where
   * the process is asked to end.
   */
  async putStep(
    course: TrainingCourse,
    average: WeightAverage | undefined,
    goesOn: () => void = () => {},
  ): Promise<void> {
    const { seconds, peakRssBytes } = this.meter;
    const facts: Omit<StepFacts, keyof Facts> = { course, seconds, peakRssBytes };
    // Seconds of training are not worth the writing.
    if (this.whyNot === undefined && this.all.isDue(shareWorthWhile))
      await this.meter.pause(() => this.put('step', facts, average, goesOn));
    this.endIfAsked();
  }

  /** Trains while the system's request to end is heard. */
  async listening<T>(train: () => Promise<T>): Promise<T> {
    this.all.listen();
    try {
      const trained = await train();
      this.endIfAsked();
      return trained;
    } finally {
      this.all.unlisten();
    }
  }

  /** Data whose reading ends with Stopped where the process is asked to end. */
  endable(data: Data): Data {
    const endIfAsked = () => this.endIfAsked();
    return {
      ...data,
      *batches(...asked) {
        for (const batch of data.batches(...asked)) {
          endIfAsked();
          yield batch;
        }
      },
    };
  }

  private endIfAsked(): void {
    const { endedBy } = this.all;
    if (endedBy !== undefined) throw new Stopped(endedBy);
  }

  private take<Found extends Facts>(at: CheckpointPlace, average?: WeightAverage): Found | undefined {
    const { all, stage, trainer, resumption } = this;
    if (this.whyNot !== undefined) return undefined;
    const found = all.take(stage, at);
    if (found === undefined) return undefined;
    try {
      const facts = found.facts as Found;
      if (facts.choices !== this.choices || !suits(trainer, facts.state)) return undefined;
      readState(trainer, average, facts.state, (into) => found.read(into));
      resumption.times = Math.max(resumption.times, facts.processes);
      return facts;
    } finally {
      found.close();
    }
  }

  private put(
    at: CheckpointPlace,
    further: object,
    average?: WeightAverage,
    goesOn: () => void = () => {},
  ): Promise<boolean> {
    const { all, stage, trainer, choices } = this;
    const { facts: state, bytes } = stateOf(trainer, average);
    const facts = { ...further, choices, state, processes: this.resumption.times + 1 };
    const write = (sink: ByteSink) =>
      writeState(trainer, average, {
        write(values) {
          sink.write(values);
          goesOn();
        },
      });
    return all.put(stage, at, { facts, bytes, write });
  }

  private get choices(): string {
    return canonicalJson(this.trainer.embedding.plan.choices);
  }
}
