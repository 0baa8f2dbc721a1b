import { inputCases } from './inputs.ts';
import { nativeCases } from './native-calls.ts';
import type { TryCase } from './part.ts';
import { csvCases } from './csv-files.ts';
import { cacheCases } from './caches.ts';
import { fullDiskCases } from './full-disk.ts';
import { parquetCases } from './parquet-files.ts';
import { recordCases } from './records.ts';

type Cases = TryCase & { close?: () => void | Promise<void> };

/** The cases that a child process can try, by the name of the part. */
export const caseMakers: Readonly<Record<string, (folder: string) => Cases | Promise<Cases>>> = {
  inputs: inputCases,
  csv: csvCases,
  parquet: parquetCases,
  records: recordCases,
  caches: cacheCases,
  calls: nativeCases,
  disks: fullDiskCases,
};
