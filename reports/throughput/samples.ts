import { type ThroughputGroup, stepsPerSample } from '../../analysis/throughput/groups.ts';
import { formatCount } from '../format.ts';

/** Explains a sample on a GPU; undefined if none was timed there. */
export function streamText(group: ThroughputGroup): string | undefined {
  const steps = stepsPerSample(group);
  if (steps === undefined) return undefined;
  const [min, max] = steps.map(formatCount);
  const count = min === max ? min : `${min} to ${max}`;
  return (
    `On a GPU, a sample is a stream of ${count} training steps: the process submits them back to back, copies batches to the ` +
    `card within it, and waits at its end. On the CPU, a sample is one step. Products are in fp32, without TF32 unless a ` +
    `name says so.`
  );
}
