import type { NormalFloatScales, Storage } from '../contract/method.ts';
import { normalFloatScaleBytes, scalesTogether } from '../contract/number-formats.ts';
import type { Codec } from './codec.ts';
import { encoderOf, valuesOf } from './elements.ts';
import { largestMagnitude } from './finite.ts';
import { fromHalf, toHalf } from './half.ts';

type Nf4 = Extract<Storage, { kind: 'nf4' }>;

/**
 * Quantiles of a normal distribution, evenly apart on both sides of 0, divided by the largest (Dettmers et al., QLoRA, NeurIPS
 * 2023, appendix E).
 */
export const normalFloats = Float32Array.of(
  ...[-1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453],
  ...[-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0],
  ...[0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224],
  ...[0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1],
);
const zero = 7;
/** Middles of neighbours, exact in doubles. A tie is the lower one's. */
const midPoints = Array.from({ length: 15 }, (_, i) => (normalFloats[i] + normalFloats[i + 1]) / 2);

/** The largest number of 16 bits. */
const largestHalf = 65_504;

/**
 * Block by block: 4-bit codes, the first in the high half of a byte, then their scale, the largest magnitude. Where scales have 8
 * bits, they are 8-bit floats (e4m3) of what differs from the mean of all, times the scale of 256 of them; these and the mean
 * follow behind the last block. Codes take into account how their scale is rounded.
 */
export function nf4({ block, scales }: Nf4, floats: number): Codec {
  const scaleBytes = normalFloatScaleBytes[scales];
  const bytesPerBlock = Math.ceil(block / 2) + scaleBytes;
  const blocks = Math.ceil(floats / block);
  const inLast = floats - (blocks - 1) * block;
  const scaleAt = (b: number) => b * bytesPerBlock + Math.ceil((b < blocks - 1 ? block : inLast) / 2);
  const end = scaleAt(blocks - 1) + scaleBytes;
  const groups = scales === 'double' ? Math.ceil(blocks / scalesTogether) : 0;

  return {
    encode(values) {
      const bytes = new Uint8Array(end + (scales === 'double' ? 4 * groups + 4 : 0));
      const view = new DataView(bytes.buffer);
      const largest = Float32Array.from({ length: blocks }, (_, b) =>
        largestMagnitude(values, b * block, Math.min(floats, (b + 1) * block)),
      );
      if (scales === 'double') writeDouble(view, largest, scaleAt, end);
      else for (let b = 0; b < blocks; b++) writeScale(view, scaleAt(b), scales, largest[b]);
      const scaleOf = scaleReader(view, scales, scaleAt, end, groups);
      for (let b = 0; b < blocks; b++) {
        const scale = scaleOf(b);
        const count = b < blocks - 1 ? block : inLast;
        for (let i = 0; i < count; i++) {
          const code = scale > 0 ? codeOf(values[b * block + i] / scale) : zero;
          bytes[b * bytesPerBlock + (i >>> 1)] |= i & 1 ? code : code << 4;
        }
      }
      return bytes;
    },

    reader(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const scaleOf = scaleReader(view, scales, scaleAt, end, groups);
      return (from, count, out, at) => {
        for (let read = 0; read < count;) {
          const b = Math.floor((from + read) / block);
          const first = from + read - b * block;
          const taken = Math.min((b < blocks - 1 ? block : inLast) - first, count - read);
          const scale = scaleOf(b);
          for (let i = first; i < first + taken; i++, read++) {
            const byte = bytes[b * bytesPerBlock + (i >>> 1)];
            out[at + read] = normalFloats[i & 1 ? byte & 15 : byte >>> 4] * scale;
          }
        }
      };
    },
  };
}

/** The number of mid-points below x. */
function codeOf(x: number): number {
  let code = 0;
  for (let half = 8; half > 0; half >>>= 1) if (x > midPoints[code + half - 1]) code += half;
  return code;
}

function writeScale(view: DataView, at: number, scales: 'fp32' | 'fp16', scale: number): void {
  if (scales === 'fp32') view.setFloat32(at, scale, true);
  else view.setUint16(at, toHalf(Math.min(largestHalf, scale)), true);
}

/** Scales in 8 bits (QLoRA, section 3, "double quantization"). */
function writeDouble(
  view: DataView,
  scales: Float32Array,
  scaleAt: (b: number) => number,
  end: number,
): void {
  const encode = encoderOf('e4m3');
  const mean = Math.fround(scales.reduce((sum, scale) => sum + scale / scales.length, 0));
  for (let first = 0, group = 0; first < scales.length; first += scalesTogether, group++) {
    const own = scales.subarray(first, first + scalesTogether);
    const most = own.reduce((most, scale) => Math.max(most, Math.abs(scale - mean)), 0);
    const step = Math.fround(most / 448);
    view.setFloat32(end + 4 * group, step, true);
    own.forEach((scale, i) => {
      view.setUint8(scaleAt(first + i), step > 0 ? encode((scale - mean) / step) : 0);
    });
  }
  view.setFloat32(view.byteLength - 4, mean, true);
}

/** Scales as they are stored, by the number of their block. */
function scaleReader(
  view: DataView,
  scales: NormalFloatScales,
  scaleAt: (b: number) => number,
  end: number,
  groups: number,
): (b: number) => number {
  if (scales === 'fp32') return (b) => view.getFloat32(scaleAt(b), true);
  if (scales === 'fp16') return (b) => fromHalf(view.getUint16(scaleAt(b), true));
  const values = valuesOf('e4m3');
  const mean = view.getFloat32(end + 4 * groups, true);
  return (b) => {
    const step = view.getFloat32(end + 4 * Math.floor(b / scalesTogether), true);
    return Math.max(0, Math.fround(mean + step * values[view.getUint8(scaleAt(b))]));
  };
}
