import type { Job } from '../job.ts';

/**
 * The order of jobs that run at the same time: one that would wait for a stage that another one is training right now lets others go
 * first, as long as there are any.
 */
export class Turns {
  private readonly groupOf: (job: Job) => string | undefined;
  /** Groups of which the first job is running. */
  private readonly busy = new Set<string>();
  /** Groups of which a job has ended, so that the stage is there, if it has any place. */
  private readonly ready = new Set<string>();

  /** `groupOf`: the same for jobs that begin with the same stage; undefined for one that shares with none. */
  constructor(groupOf: (job: Job) => string | undefined) {
    this.groupOf = groupOf;
  }

  /** Takes the next job out of the list; undefined if there is none. */
  next(waiting: Job[]): Job | undefined {
    const free = waiting.findIndex((job) => !this.busy.has(this.groupOf(job) ?? ''));
    const [job] = waiting.splice(Math.max(0, free), 1);
    const group = job && this.groupOf(job);
    if (group !== undefined && !this.ready.has(group)) this.busy.add(group);
    return job;
  }

  ended(job: Job): void {
    const group = this.groupOf(job);
    if (group === undefined) return;
    this.busy.delete(group);
    this.ready.add(group);
  }
}
