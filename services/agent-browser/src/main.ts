// The browser agent as a process.
import { runService } from '@switchboard/service';
import { startBrowser } from './agent.ts';
import { readBrowserConfig } from './config.ts';

await runService('browser', (life) => startBrowser(readBrowserConfig(process.env), life));
