/* eslint-disable no-control-regex -- first bytes of binary formats */

/** Formats of logs that are not read, by their first bytes (in latin1), with what to do about them. */
const formats: readonly (readonly [start: RegExp, what: string])[] = [
  [/^(\xff\xfe|\xfe\xff)/, 'is UTF-16 text; convert it: iconv -f UTF-16 -t UTF-8 FILE > OTHER'],
  [/^PK\x03\x04/, 'is a zip archive; unpack it and give the file inside'],
  [/^.{257}ustar/s, 'is a tar archive; unpack it and give the file inside'],
  [/^BZh[1-9]1AY/, 'is compressed with bzip2; unpack it, or compress it with gzip or zstd'],
  [/^\xfd7zXZ\0/, 'is compressed with xz; unpack it, or compress it with gzip or zstd'],
  [/^7z\xbc\xaf/, 'is a 7z archive; unpack it and give the file inside'],
  [/^(ORC[\0-\x08\x7f-\xff]|Obj\x01|ARROW1\0)/, 'is an ORC, Avro or Arrow file; write it as Parquet or CSV'],
  [/^SQLite format 3/, 'is a database; write its table as CSV or Parquet'],
  [/^\s*(\[\s*)?\{\s*"/, 'is JSON; write it as CSV or Parquet'],
  [/^sep=[^\n]{1,2}\r?\n/, 'begins with a line for Excel (sep=); remove that line'],
  [
    /^[^\n]*\r[^\n]+\r[^\n]*\n?$/,
    "has line ends of old Macs, carriage returns alone; convert it: tr '\\r' '\\n' < FILE > OTHER",
  ],
];

/** The format that a text is not, and what to do; undefined for what may be a table. `head` is its beginning, decompressed. */
export function otherFormat(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  return formats.find(([start]) => start.test(text))?.[1];
}
