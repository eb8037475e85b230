// The business agent as a process.
import { runService } from '@switchboard/service';
import { startBusiness } from './agent.ts';
import { readBusinessConfig } from './config.ts';

await runService('business', (life) => startBusiness(readBusinessConfig(process.env), life));
