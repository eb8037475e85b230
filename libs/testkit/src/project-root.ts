// The top folder of the project, for tests that need its files.
import { fileURLToPath } from 'node:url';

export const projectRoot: string = fileURLToPath(new URL('../../../', import.meta.url));
