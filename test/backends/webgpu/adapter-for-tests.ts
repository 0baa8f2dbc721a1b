import { existsSync } from 'node:fs';
import { allowSoftware, findAdapter, type Found } from '../../../backends/webgpu/device.ts';

/** Paths where distributions put drivers that compute on the CPU. */
const softwareDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json', // Debian's and Ubuntu's chromium
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json', // Fedora's
  '/opt/google/chrome/vk_swiftshader_icd.json',
].filter((file) => existsSync(file));

/** A card, or where there is none a driver that computes on the CPU. Throws a UserError that says why there is neither. */
export async function adapterForTests(): Promise<Found> {
  process.env[allowSoftware] ??= '1';
  // The loader reads them once, when Dawn starts: what is found beside the drivers of cards, and then instead of them.
  process.env.VK_ADD_DRIVER_FILES ??= softwareDrivers.join(':');
  try {
    return await findAdapter();
  } catch (error) {
    if (softwareDrivers.length === 0 || process.env.VK_ICD_FILENAMES !== undefined) throw error;
    process.env.VK_ICD_FILENAMES = softwareDrivers.join(':');
    return findAdapter();
  }
}
