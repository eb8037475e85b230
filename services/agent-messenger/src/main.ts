// The messenger agent as a process.
import { runService } from '@switchboard/service';
import { startMessenger } from './agent.ts';
import { readMessengerConfig } from './config.ts';

await runService('messenger', (life) => startMessenger(readMessengerConfig(process.env), life));
