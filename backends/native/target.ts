/** Builds for the compiler's sanitizers. One watches memory and undefined behaviour at once, the other threads. */
export const sanitizers = ['address', 'thread'] as const;
export type Sanitizer = (typeof sanitizers)[number];

/** A kind of machine that an add-on is built for. */
export interface Target {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Linux's C library. */
  readonly libc?: 'glibc' | 'musl';
}

/** Kinds of machines that prebuilt add-ons are packed for. */
export const prebuiltTargets: readonly Target[] = [
  ...(['x64', 'arm64'] as const).flatMap((arch) => [
    { platform: 'linux' as const, arch, libc: 'glibc' as const },
    { platform: 'linux' as const, arch, libc: 'musl' as const },
    { platform: 'darwin' as const, arch },
  ]),
  { platform: 'win32', arch: 'x64' },
];

/** `linux-x64-gnu`, `darwin-arm64` */
export function targetName({ platform, arch, libc }: Target): string {
  return [platform, arch, ...(libc === undefined ? [] : [libc === 'glibc' ? 'gnu' : libc])].join('-');
}

/** The package that has a target's add-on. npm installs it on no other kind of machine. */
export const packageOf = (target: Target): string => `@embed-bench/native-${targetName(target)}`;

/** This machine, with its C library. */
export function thisMachine(): Target {
  const { platform, arch } = process;
  if (platform !== 'linux') return { platform, arch };
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return { platform, arch, libc: header.glibcVersionRuntime === undefined ? 'musl' : 'glibc' };
}

/** The instruction sets that kernels.cpp is compiled for, with their flags; the widest that a processor has is taken. */
export function instructionSets({ arch }: Target): [name: string, flags: readonly string[]][] {
  const baseline: [string, string[]] = ['baseline', []]; // SSE2, or NEON
  if (arch !== 'x64') return [baseline];
  const avx2 = ['-mavx2', '-mfma', '-DEMBED_AVX2'];
  const wide = ['-mavx512f', '-mavx512vl', '-mavx512bw', '-mavx512dq', '-mfma', '-mprefer-vector-width=512'];
  return [baseline, ['avx2', avx2], ['avx512', [...wide, '-DEMBED_AVX512']]];
}

const watched: Record<Sanitizer, string> = { address: 'address,undefined', thread: 'thread' };
export const sanitizerFlag = (sanitizer: Sanitizer) => `-fsanitize=${watched[sanitizer]}`;

export function compilerFlags({ platform }: Target, sanitizer: Sanitizer | undefined): string[] {
  return [
    '-std=c++17',
    ...(platform === 'win32' ? [] : ['-fPIC']), // all code of Windows is
    '-fvisibility=hidden',
    '-pthread',
    // Comparisons with NaN and errno are not looked at; everything else of IEEE arithmetic is kept.
    '-fno-math-errno',
    '-fno-trapping-math',
    '-Wall',
    '-Wextra',
    ...(sanitizer === undefined
      ? ['-O3', '-DNDEBUG']
      : ['-O1', '-g', '-fno-omit-frame-pointer', sanitizerFlag(sanitizer), '-fno-sanitize-recover=all']),
  ];
}

export function linkerFlags({ platform }: Target, sanitizer: Sanitizer | undefined): string[] {
  return [
    ...(platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    '-pthread',
    ...(sanitizer === undefined ? [] : [sanitizerFlag(sanitizer)]),
  ];
}

/** Further flags of an add-on for other machines: it brings the compiler's libraries along, which may be older or absent there. */
export function portableFlags({ platform }: Target): string[] {
  if (platform === 'darwin') return ['-mmacosx-version-min=11.0'];
  return platform === 'win32' ? ['-static'] : ['-static-libstdc++', '-static-libgcc'];
}
