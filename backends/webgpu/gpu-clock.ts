/// <reference types="@webgpu/types" />
import type { KernelTime } from '../../harness/contract/backend.ts';

/** Dispatches that are timed between two readings; what comes after is not. */
const most = 2048;

/** Times dispatches by the device's own clock, each in a pass of its own. */
export class GpuClock {
  private readonly device: GPUDevice;
  private readonly queries: GPUQuerySet;
  private readonly names: string[] = [];

  /** The device must have the feature timestamp-query. */
  constructor(device: GPUDevice) {
    this.device = device;
    this.queries = device.createQuerySet({ type: 'timestamp', count: 2 * most });
  }

  /** Timestamps for the pass of the next dispatch. */
  next(name: string): GPUComputePassTimestampWrites | undefined {
    if (this.names.length === most) return undefined;
    const first = 2 * (this.names.push(name) - 1);
    return { querySet: this.queries, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
  }

  /** The passes submitted since the last reading, by name. */
  async read(): Promise<KernelTime[]> {
    const names = this.names.splice(0);
    if (names.length === 0) return [];
    const bytes = 16 * names.length;
    const resolved = this.device.createBuffer({ size: bytes, usage: 0x200 | 0x04 }); // QUERY_RESOLVE | COPY_SRC
    const staging = this.device.createBuffer({ size: bytes, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(this.queries, 0, 2 * names.length, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(0x01);
    const nanoseconds = new BigUint64Array(staging.getMappedRange().slice(0));
    for (const buffer of [resolved, staging]) buffer.destroy();

    const times = new Map<string, { calls: number; milliseconds: number }>();
    names.forEach((name, i) => {
      const sum = times.get(name) ?? { calls: 0, milliseconds: 0 };
      const milliseconds = Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6;
      times.set(name, { calls: sum.calls + 1, milliseconds: sum.milliseconds + milliseconds });
    });
    return [...times].map(([name, sum]) => ({ name, ...sum }));
  }

  dispose(): void {
    this.queries.destroy();
  }
}
