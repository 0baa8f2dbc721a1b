import { openOn } from '../../backends/webgpu/open.ts';
import { adapterForTests } from '../backends/webgpu/adapter-for-tests.ts';

/** The webgpu backend on whatever adapter there is, software too. */
export const webgpu = { open: async () => openOn(await adapterForTests()) };
