// Where a process under watch writes what it holds.
import { join } from 'node:path';

export const heapFile = (folder: string, pid: number): string => join(folder, `${pid}.heap`);
