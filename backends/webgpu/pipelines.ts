/// <reference types="@webgpu/types" />
import { type Program, sourceOf } from './program.ts';

interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
  /** Bind groups by the numbers of their buffers. */
  readonly bindGroups: Map<string, GPUBindGroup>;
}

/** Bind groups kept of one program: steps repeat themselves, buffer by buffer, while batches have one size. */
const maxBindGroups = 64;

/** Programs compiled for a device, once each, and bound to buffers, once for the same ones. */
export class Pipelines {
  private readonly device: GPUDevice;
  private readonly compiled = new Map<Program, Compiled>();
  private readonly numbers = new WeakMap<GPUBuffer, number>();
  private nextNumber = 0;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  bound(
    program: Program,
    buffers: readonly GPUBuffer[],
  ): { pipeline: GPUComputePipeline; bindGroup: GPUBindGroup } {
    const { pipeline, layout, bindGroups } = this.compile(program);
    const key = buffers.map((buffer) => this.numberOf(buffer)).join();
    let bindGroup = bindGroups.get(key);
    if (bindGroup === undefined) {
      if (bindGroups.size === maxBindGroups) bindGroups.clear();
      const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
      bindGroup = this.device.createBindGroup({ layout, entries });
      bindGroups.set(key, bindGroup);
    }
    return { pipeline, bindGroup };
  }

  private compile(program: Program): Compiled {
    const known = this.compiled.get(program);
    if (known !== undefined) return known;
    const module = this.device.createShaderModule({ label: program.name, code: sourceOf(program) });
    const pipeline = this.device.createComputePipeline({
      label: program.name,
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
    });
    const compiled = {
      pipeline,
      layout: pipeline.getBindGroupLayout(0),
      bindGroups: new Map<string, GPUBindGroup>(),
    };
    this.compiled.set(program, compiled);
    return compiled;
  }

  private numberOf(buffer: GPUBuffer): number {
    const known = this.numbers.get(buffer);
    if (known !== undefined) return known;
    this.numbers.set(buffer, this.nextNumber);
    return this.nextNumber++;
  }
}
