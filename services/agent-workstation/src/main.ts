// The workstation as a process.
import { runService } from '@switchboard/service';
import { startWorkstation } from './agent.ts';
import { readWorkstationConfig } from './config.ts';

await runService('workstation', (life) => startWorkstation(readWorkstationConfig(process.env), life));
