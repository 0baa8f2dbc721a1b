/** Names of the files of each part as they are published, without .gz or .zst. `train` alone: the log does not come split. */
export type PartFiles = { readonly train: string | readonly string[] } & Readonly<
  Partial<Record<'validation' | 'test', string | readonly string[]>>
>;
