import { fileURLToPath } from 'node:url';

/** The folder of this project, with a slash at its end, whatever the working directory is. */
export const projectUrl = new URL('../', import.meta.url);
export const projectRoot: string = fileURLToPath(projectUrl);
