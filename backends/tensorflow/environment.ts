/**
 * Variables that TensorFlow reads once, when its library is loaded. What the user has set stays, but for the number of
 * threads where that was asked for.
 */
export function prepareEnvironment(threads: number): void {
  Object.assign(process.env, threadVariables(threads));
  for (const [name, value] of Object.entries(defaults)) process.env[name] ??= value;
}

/** Threads within an operation, and operations at a time. */
const threadVariables = (threads: number) => ({
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: String(threads),
});

const defaults = {
  /** Memory of the card as it is needed: otherwise TensorFlow takes all of it. */
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  /** Products of float32 in float32, as on every other backend: not with TF32's 10 bits of mantissa. */
  NVIDIA_TF32_OVERRIDE: '0',
  /** Errors and warnings only. */
  TF_CPP_MIN_LOG_LEVEL: '1',
};
