/// <reference types="@webgpu/types" />
/** Lists kept on the card, beyond which they are brought anew. */
const most = 1000;

/** The part of a backend that is needed. */
interface Uploader {
  readonly device: GPUDevice;
  readonly watch: { destroy(buffer: GPUBuffer): void };
  submit(): void;
}

/** Numbers that come with every step again, brought to the card once. */
export class Constants {
  private readonly backend: Uploader;
  private readonly lists = new Map<string, GPUBuffer>();
  private readonly maps = new WeakMap<Uint32Array, GPUBuffer>();
  /** Memory of the device is nothing to the garbage collector. */
  private readonly forgotten = new FinalizationRegistry<GPUBuffer>((buffer) =>
    this.backend.watch.destroy(buffer),
  );

  constructor(backend: Uploader) {
    this.backend = backend;
  }

  /** A short list, known by its contents. */
  of(values: Uint32Array<ArrayBuffer>): GPUBuffer {
    const key = values.join();
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    if (this.lists.size === most) this.clear();
    const buffer = this.bring(values);
    this.lists.set(key, buffer);
    return buffer;
  }

  /** A map, known by its identity: its contents must stay. */
  ofMap(values: Uint32Array): GPUBuffer {
    const known = this.maps.get(values);
    if (known !== undefined) return known;
    const buffer = this.bring(values);
    this.maps.set(values, buffer);
    this.forgotten.register(values, buffer);
    return buffer;
  }

  private bring(values: Uint32Array): GPUBuffer {
    const size = 4 * Math.max(1, values.length);
    const buffer = this.backend.device.createBuffer({ size, usage: 0x80 | 0x08 }); // STORAGE | COPY_DST
    this.backend.device.queue.writeBuffer(buffer, 0, values);
    return buffer;
  }

  private clear(): void {
    this.backend.submit(); // what was asked for still reads them
    for (const buffer of this.lists.values()) this.backend.watch.destroy(buffer);
    this.lists.clear();
  }
}
