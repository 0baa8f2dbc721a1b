import { formatCount } from '../format.ts';
import type { ThroughputGroup } from './groups.ts';

/** What a sample is on a GPU, in words; undefined where none was timed. */
export function streamText({ rows, peers }: ThroughputGroup): string | undefined {
  const steps = [...rows, ...peers].flatMap(({ record }) =>
    record.device === 'gpu' ? [record.train.stepsPerSample] : [],
  );
  if (steps.length === 0) return undefined;
  const [least, most] = [Math.min(...steps), Math.max(...steps)].map(formatCount);
  const count = least === most ? least : `${least} to ${most}`;
  return (
    `On a GPU a sample is a stream of ${count} training steps, asked for back to back and waited for at its end, ` +
    `batches copied to the card within it; on the CPU it is one step, waited for. Products are in fp32, without TF32 ` +
    `unless a name says so.`
  );
}
