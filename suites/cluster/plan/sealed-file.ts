import { readFileSync } from 'node:fs';
import { UserError } from '../../../base/user-error.ts';
import { writing } from '../../../files/disk-fault.ts';
import { checkProblem } from '../../../results/sealed-line.ts';

/** A file of one JSON object that ends in a check of itself. Throws a UserError with `advice` if it is none, or was edited. */
export function readSealed<T>(file: string, advice: string): Partial<T> {
  const text = writing(file, () => readFileSync(file, 'utf8'), { otherwise: advice }).trim();
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: not JSON (${(error as Error).message.replaceAll('\n', ' ')}); ${advice}`);
  }
  const isSealed = typeof content === 'object' && content !== null && 'check' in content;
  const problem = isSealed ? checkProblem(text) : 'it has no check of itself';
  if (problem !== undefined) throw new UserError(`${file}: ${problem}; ${advice}`);
  delete (content as { check?: string }).check;
  return content as Partial<T>;
}
