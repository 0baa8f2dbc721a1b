/** Thrown where something was not over in time. */
export class TimeIsUp extends Error {
  constructor() {
    super('the time was up before it was done');
  }
}

/** Waits for the work until the deadline, by performance.now(); work that continues after it is nobody's any more. */
export async function inTime<T>(work: () => Promise<T>, deadline: number): Promise<T> {
  const left = deadline - performance.now();
  if (left === Infinity) return work();
  if (left <= 0) throw new TimeIsUp();
  let timer: NodeJS.Timeout | undefined;
  const up = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new TimeIsUp()), left)));
  try {
    return await Promise.race([work(), up]);
  } finally {
    clearTimeout(timer);
  }
}
