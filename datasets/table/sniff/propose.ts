import { quoted } from '../../text/cell-text.ts';
import { labelOf } from '../label-rule.ts';
import type { StoredKind } from '../reader.ts';
import type { TimeForm } from '../schema.ts';
import { type ColumnProfile, isAlmostNumber, mostDistinct } from './profile.ts';

export type Role = 'label' | 'time' | 'weight' | 'part' | 'multi' | 'numeric' | 'categorical' | 'drop';

/** A proposal of `sniff` for a column, with its reason. */
export interface Proposal {
  readonly role: Role;
  readonly reason: string;
  /** The label's rule, with its column: `rating>=4`. */
  readonly label?: string;
  readonly timeForm?: TimeForm;
  readonly separator?: string;
  readonly form?: 'hex' | 'integer';
  /** Words that stand for missing values in a column of numbers. */
  readonly missing?: readonly string[];
}

const timeName =
  /^(hour|time|ts|timestamp|datetime|date|day)$|(_|^)(time|timestamp|date|ts|at)$|(Time|Date|Timestamp)$/i;
const idName = /(^|_)id$|Id$|ID$/;
const quantity =
  /^(I\d+|age|price|amount|cost|bid|score|count|cnt|num|n|size|duration|depth|position|length|width|height|impressions?)$|(^|_)(price|amount|cost|count|cnt|num|score|rate|ratio|ctr|age|duration|total|avg|mean|sum|min|max)(_|$)/i;

/** A role for a column that is not the label. `stored` is the kind that the file itself states. */
export function propose(
  profile: ColumnProfile,
  stored: StoredKind | undefined,
  timeTaken: boolean,
): Proposal {
  const { name, present, distinct, missing } = profile;
  if (present === 0) return { role: 'drop', reason: 'no value in the rows read' };
  if (/^(weight|sample_weight)$/i.test(name) && profile.numbers === present && profile.min >= 0)
    return { role: 'weight', reason: 'its name, and numbers of 0 or more' };
  if (
    /^(split|part|fold_name)$/i.test(name) &&
    [...profile.values.keys()].every((value) =>
      /^(train|training|validation|valid|val|dev|test)$/i.test(value),
    )
  )
    return { role: 'part', reason: 'its values are names of parts' };
  const time = timeForm(profile, stored);
  if (time !== undefined)
    return timeTaken
      ? { role: 'drop', reason: `a second time, ${time.reason}` }
      : { role: 'time', timeForm: time.form, reason: time.reason };
  if (distinct === 1 && missing === 0) return { role: 'drop', reason: 'one value in all rows read' };
  const values =
    present - profile.missingWords.reduce((sum, word) => sum + (profile.values.get(word) ?? 0), 0);
  const allNumbers = values > 0 && profile.numbers >= values;
  if (
    distinct === present &&
    missing === 0 &&
    present >= 100 &&
    distinct < mostDistinct &&
    (profile.decimals === 0 || idName.test(name))
  )
    return { role: 'drop', reason: 'a value of its own in every row read, as an id of rows has' };
  const several = Object.entries(profile.several).find(
    ([, { cells, values }]) => cells >= 0.05 * present && values < distinct,
  );
  if (several !== undefined) {
    const [separator, { cells, values }] = several;
    return {
      role: 'multi',
      separator,
      reason: `${cells} of ${present} cells have ${separator}; ${values} different values between`,
    };
  }
  if (stored === 'list') return { role: 'multi', separator: '|', reason: 'lists, as the file states' };
  const absent =
    allNumbers && profile.missingWords.length > 0 ? { missing: ['', ...profile.missingWords] } : {};
  if (allNumbers && profile.decimals > 0)
    return { role: 'numeric', reason: `numbers with decimals, ${range(profile)}`, ...absent };
  // pandas turns integers into floats where one is missing.
  if (allNumbers && stored === 'float' && profile.paddedIntegers === 0 && !idName.test(name)) {
    const reason = `floats, all of them whole, ${range(profile)}: make it categorical if they are ids`;
    return { role: 'numeric', reason, ...absent };
  }
  if (allNumbers && quantity.test(name) && !idName.test(name))
    return { role: 'numeric', reason: `numbers, ${range(profile)}, and a name as of a quantity`, ...absent };
  return categorical(profile, allNumbers);
}

function categorical(profile: ColumnProfile, allNumbers: boolean): Proposal {
  const { present, distinct, hex8, firstOther } = profile;
  const count = `${distinct}${distinct === mostDistinct ? ' or more' : ''} values`;
  if (hex8 === present && firstOther !== undefined && present >= 1000) {
    const digits =
      [...profile.values.keys()].filter((value) => /^[0-9]+$/.test(value)).length > 0 || profile.integers > 0;
    const letters = digits
      ? `; ${profile.integers} cells are digits alone, letters come ${place(firstOther.row)}`
      : '';
    return {
      role: 'categorical',
      form: 'hex',
      reason: `8 hexadecimal digits in every cell, ${count}${letters}`,
    };
  }
  if (allNumbers) {
    const floats =
      profile.paddedIntegers > 0 ? '; whole numbers written as floats are tokens as they stand' : '';
    const many = distinct >= 1000 ? ', as ids have: make it numeric if it is a quantity' : '';
    return { role: 'categorical', reason: `whole numbers of ${count}${many}${floats}` };
  }
  const other = firstOther === undefined ? 'others' : `others (${quoted(firstOther.cell)})`;
  const mixed =
    profile.integers > 0
      ? `; ${profile.integers} of ${present} cells are digits alone, ${other} come ${place(firstOther?.row ?? 0)}`
      : '';
  const misread =
    profile.almostNumbers >= 0.9 * present && firstOther !== undefined && isAlmostNumber(firstOther.cell)
      ? `; cells such as ${quoted(firstOther.cell)} are numbers if they are written as 12.5, without blanks`
      : '';
  return { role: 'categorical', reason: `texts of ${count}${misread || mixed}` };
}

const place = (row: number) => (row === 0 ? 'further on' : `from row ${row} on`);
const range = ({ min, max }: ColumnProfile) => `${min} to ${max}`;

function timeForm(
  profile: ColumnProfile,
  stored: StoredKind | undefined,
): { form: TimeForm; reason: string } | undefined {
  const { name, present, times, min } = profile;
  if (times.date === present || stored === 'time') return { form: 'date', reason: 'dates' };
  if (profile.integers === present && profile.distinct >= 1000 && isClock(profile))
    return { form: 'number', reason: 'numbers as of seconds or milliseconds since 1970' };
  if (!timeName.test(name)) return undefined;
  if (times.YYMMDDHH === present && min >= 1e7)
    return { form: 'YYMMDDHH', reason: 'its name, and digits YYMMDDHH' };
  if (times.YYYYMMDD === present) return { form: 'YYYYMMDD', reason: 'its name, and digits YYYYMMDD' };
  if (times.number === present && min >= 1e8)
    return { form: 'number', reason: 'its name, and numbers as of seconds or milliseconds' };
  return undefined;
}

/** True if all numbers are seconds, or milliseconds, of the years 2000 to 2040. */
const isClock = ({ min, max }: ColumnProfile) =>
  [1, 1000].some((unit) => min >= 946_684_800 * unit && max <= 2_208_988_800 * unit);

/** Names of labels in use, the most telling first. */
const labelNames = [
  /^(label|click|clicked|is_click|is_clicked)$/i,
  /^(target|y|conversion|converted|action)$/i,
  /^(clicks|rating|stars)$/i,
];

/** Words of two that say that something happened. */
const positive = /^(y|yes|t|click|clicked|buy|bought|pos|positive|conversion|converted)$/i;

/** The column that is the label, by its name and values; `given` is what the user says. Undefined if none looks like one. */
export function proposeLabel(
  profiles: readonly ColumnProfile[],
): (Proposal & { readonly name: string }) | undefined {
  for (const names of labelNames)
    for (const profile of profiles) {
      if (!names.test(profile.name) || profile.missing > 0) continue;
      const { name } = profile;
      if (isBinary(profile))
        return { role: 'label', name, label: name, reason: `its name; ${shares(profile)}` };
      if (profile.distinct === 2 && profile.numbers === 0) {
        const yes = [...profile.values.keys()].find((value) => positive.test(value));
        if (yes === undefined) continue;
        const ones = ((100 * profile.values.get(yes)!) / profile.present).toFixed(2);
        const reason = `its name; ${[...profile.values.keys()].join(' and ')}, ${ones} % are ${yes}`;
        return { role: 'label', name, label: `${name}=${yes}`, reason };
      }
      if (profile.numbers !== profile.present || profile.distinct < 2 || profile.distinct > 20) continue;
      const rule = `${name}>${/^(rating|stars)$/i.test(name) ? `=${Math.floor(profile.max * 0.8)}` : Math.max(0, profile.min)}`;
      return {
        role: 'label',
        name,
        label: rule,
        reason: `its name; ${profile.distinct} numbers, ${range(profile)}: the rule is a proposal`,
      };
    }
  const binary = profiles.find((profile) => profile.missing === 0 && isBinary(profile));
  return (
    binary && {
      role: 'label',
      name: binary.name,
      label: binary.name,
      reason: `the first column of two values, 0 and 1; ${shares(binary)}: is it the label?`,
    }
  );
}

const isBinary = ({ distinct, values }: ColumnProfile) =>
  distinct === 2 &&
  new Set([...values.keys()].map((value) => labelOf(value, undefined))).size === 2 &&
  [...values.keys()].every((value) => labelOf(value, undefined) !== undefined);

function shares({ values, present }: ColumnProfile): string {
  let ones = 0;
  for (const [value, count] of values) if (labelOf(value, undefined) === 1) ones += count;
  return `${((100 * ones) / present).toFixed(2)} % are 1`;
}
