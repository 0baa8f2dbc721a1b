/// <reference types="@webgpu/types" />
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type * as Dawn from 'webgpu';
import { UserError } from '../../base/user-error.ts';

/** Finds the graphics card through Dawn, the WebGPU implementation that the `webgpu` package brings. */

export interface Found {
  readonly adapter: GPUAdapter;
  /** A description in one line. */
  readonly name: string;
  /** It computes on the CPU: good for tests, and no measure of anything. */
  readonly software: boolean;
}

/** Set to 1, a software adapter is taken where it is asked for by name. */
export const allowSoftware = 'EMBED_BENCH_SOFTWARE_GPU';

let gpu: GPU | undefined;

/** The best adapter. Throws a UserError that says why there is none. */
export async function findAdapter(): Promise<Found> {
  const adapter = await (await startDawn()).requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new UserError(`no graphics adapter: ${whyNone()}`);
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const names = [vendor, architecture, device, description].filter((name) => name !== '');
  return {
    adapter,
    name: description === '' ? names.join(' ') : `${vendor} ${description}`,
    software: isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(names.join(' ')),
  };
}

/** The limits that tables and batches meet, and what our kernels need beyond WebGPU's defaults. */
const wanted = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
  'maxImmediateSize',
] as const;

/** Bytes of the numbers that a kernel gets beside its buffers. */
export const immediateBytes = 64;

export async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const limits = adapter.limits as GPUSupportedLimits & Record<(typeof wanted)[number], number | undefined>;
  if ((limits.maxImmediateSize ?? 0) < immediateBytes)
    throw new UserError(
      `the adapter takes ${limits.maxImmediateSize ?? 0} bytes of immediate data: ${immediateBytes} are needed`,
    );
  const features = (['timestamp-query'] as const).filter((name) => adapter.features.has(name));
  return adapter.requestDevice({
    requiredFeatures: features,
    requiredLimits: Object.fromEntries(wanted.map((name) => [name, limits[name]])),
  });
}

async function startDawn(): Promise<GPU> {
  if (gpu !== undefined) return gpu;
  requireDevice();
  let dawn: typeof Dawn;
  try {
    dawn = await import('webgpu');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UserError(
      /MODULE_NOT_FOUND$/.test(code)
        ? 'the package webgpu is not installed: npm install webgpu'
        : `Dawn does not load on this system: ${message.split('\n')[0]}`,
    );
  }
  Object.assign(globalThis, dawn.globals); // tfjs asks what is a GPUBuffer
  gpu = dawn.create([]);
  // tfjs looks for it there; Node 20 has no navigator, later ones have one without gpu.
  if (!('navigator' in globalThis))
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  Object.defineProperty((globalThis as unknown as { navigator: object }).navigator, 'gpu', {
    value: gpu,
    configurable: true,
  });
  return gpu;
}

/** Without any device there is nothing to find, and Vulkan's loader would say so at length. */
function requireDevice(): void {
  process.env.XDG_RUNTIME_DIR ??= tmpdir(); // Mesa's drivers complain without
  const { VK_DRIVER_FILES, VK_ICD_FILENAMES } = process.env;
  if (process.platform !== 'linux' || VK_DRIVER_FILES || VK_ICD_FILENAMES) return;
  const found = ['/dev', '/dev/dri'].some((folder) => entries(folder).some((name) => card.test(name)));
  if (!found)
    throw new UserError(
      'no graphics card: nothing like /dev/dri/renderD128, /dev/nvidia0 or /dev/dxg here; ' +
        'a container has to be given one (docker run --gpus all, or --device /dev/dri)',
    );
}

const card = /^(renderD\d+|nvidia\d+|dxg)$/;

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function whyNone(): string {
  if (process.platform !== 'linux') return 'the system has no driver for it';
  return (
    'Vulkan needs a loader (Debian: apt-get install libvulkan1) and the driver of a card; ' +
    'in a container of NVIDIA, its graphics capability too (NVIDIA_DRIVER_CAPABILITIES=all)'
  );
}
