import { isNumber } from '../label-rule.ts';
import type { DerivedValue, TimeForm } from '../schema.ts';

/** A time as a number: a number as it is, all other forms as seconds since 1970 (UTC). Undefined for what is no time of this form. */
export function timeOf(cell: string, form: TimeForm): number | undefined {
  switch (form) {
    case 'number':
      return isNumber(cell) ? Number(cell) : undefined;
    case 'YYMMDDHH':
      return secondsOf(/^(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(cell), 2000);
    case 'YYYYMMDD':
      return secondsOf(/^(\d{4})(\d\d)(\d\d)$/.exec(cell), 0);
    case 'date':
      return isoSeconds(cell);
  }
}

function secondsOf(match: RegExpExecArray | null, century: number): number | undefined {
  if (match === null) return undefined;
  const [year, month, day, hour = 0] = match.slice(1).map(Number);
  return utc(century + year, month, day, hour, 0, 0);
}

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)? ?(Z|UTC|[+-]\d\d:?\d\d)?$/;

/** ISO 8601, with a space or T before the time; without a zone, UTC. */
function isoSeconds(cell: string): number | undefined {
  const match = iso.exec(cell);
  if (match === null) return undefined;
  const [year, month, day, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits: string | undefined) => (digits === undefined ? undefined : Number(digits)));
  const seconds = utc(year!, month!, day!, hour, minute, second);
  const zone = match[7];
  if (seconds === undefined || zone === undefined || zone === 'Z' || zone === 'UTC') return seconds;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return seconds - (zone.startsWith('-') ? -60 : 60) * minutes;
}

/** Seconds since 1970; undefined for a date that no calendar has. */
function utc(year: number, month: number, day: number, hour: number, minute: number, second: number) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second >= 61) return undefined;
  return date.getTime() / 1000 + 3600 * hour + 60 * minute + second;
}

/** A value of a time in seconds. 1970 began on a Thursday. */
export function derivedFrom(seconds: number, take: DerivedValue): number {
  if (take === 'hour') return modulo(Math.floor(seconds / 3600), 24);
  const weekday = modulo(Math.floor(seconds / 86_400) + 4, 7);
  return take === 'weekday' ? weekday : Number(weekday === 0 || weekday === 6);
}

const modulo = (x: number, n: number) => ((x % n) + n) % n;
