import { basename } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import { listFiles } from '../../table/list-files.ts';
import type { TextFile } from '../../text/text-file.ts';
import { dayList, daysText } from './day-list.ts';

/** The file of one day. */
export interface DayFile {
  readonly day: number;
  /** `day_3`, whatever its compression. */
  readonly name: string;
  readonly file: TextFile;
}

/** day_3, day_3.gz, day_3.zst */
const dayName = /^day_([0-9]+)(\.gz|\.zst)?$/;

/**
 * The files of the named days (all of them without `days`) in a folder or a list of files, by day. Other files of a folder are left alone. Throws
 * a UserError that names a day that is missing or there twice.
 */
export function dayFiles(data: string, days: string | undefined): readonly DayFile[] {
  const wanted = dayList(days);
  const found = new Map<number, TextFile[]>();
  for (const file of listFiles(data)) {
    const day = dayName.exec(basename(file.path))?.[1];
    if (day === undefined) continue;
    found.set(Number(day), [...(found.get(Number(day)) ?? []), file]);
  }
  if (found.size === 0)
    throw new UserError(
      `${data}: no file is called day_0, day_0.gz or day_0.zst, as the days of the log are; give the folder that they are in`,
    );
  const missing = wanted.filter((day) => !found.has(day));
  if (missing.length > 0)
    throw new UserError(
      `${data}: no file of day ${daysText(missing)} (day_${missing[0]}, day_${missing[0]}.gz or day_${missing[0]}.zst): ` +
        `download it, or name the days that are there: --days ${daysText([...found.keys()].toSorted((a, b) => a - b))}`,
    );
  return wanted.map((day) => {
    const files = found.get(day)!;
    if (files.length > 1)
      throw new UserError(
        `${files.map(({ path }) => path).join(' and ')}: day ${day} is there twice; remove or move one of the files`,
      );
    return { day, name: `day_${day}`, file: files[0] };
  });
}
