import { UserError } from '../../../base/user-error.ts';
import { dayCount } from './published-days.ts';

/**
 * The days of a list, ascending: `0-23`, `0,3,6,...,21,23` (the dots go on by the step before them, up to the next number). All days
 * without a list. Throws a UserError for what is no day, and for a day twice.
 */
export function dayList(text: string | undefined): readonly number[] {
  if (text === undefined) return Array.from({ length: dayCount }, (_, day) => day);
  const days: number[] = [];
  const items = text.split(',').map((item) => item.trim());
  items.forEach((item, i) => {
    const range = /^([0-9]+)(?:-([0-9]+))?$/.exec(item);
    if (range) {
      const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
      if (first > last) throw wrong(text, `${item} ends before it begins`);
      if (last >= dayCount) throw wrong(text, `there is no day ${last}`);
      for (let day = first; day <= last; day++) days.push(day);
      return;
    }
    const [before, step, next] = [
      days.at(-1),
      (days.at(-1) ?? NaN) - (days.at(-2) ?? NaN),
      Number(items[i + 1]),
    ];
    if (!/^(\.\.\.|\u2026)$/.test(item) || !(step > 0) || !Number.isInteger(next) || next >= dayCount)
      throw wrong(text, `"${item}" is no day`);
    for (let day = before! + step; day < next; day += step) days.push(day);
  });
  const twice = days.find((day, i) => days.indexOf(day) < i);
  if (twice !== undefined) throw wrong(text, `day ${twice} is there twice`);
  return days.toSorted((a, b) => a - b);
}

const wrong = (text: string, problem: string) =>
  new UserError(`--days ${text}: ${problem}; give days from 0 to ${dayCount - 1} as 0-23 or 0,3,6,...,21,23`);

/** Days as people write them: `0-2, 5`. */
export function daysText(days: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last?.[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
