// The browser agent: web pages: reads them, takes pictures of them, and works in them.
import { agentBasics, runAgent } from '@switchboard/agent';
import type { Life } from '@switchboard/service';
import { browserSkills } from '@switchboard/skills/browser';
import type { BrowserConfig } from './config.ts';

export async function startBrowser(config: BrowserConfig, life: Life): Promise<void> {
  await runAgent({
    name: 'browser',
    description: 'Web pages: reads them, takes pictures of them, and works in them.',
    version: '1.0.0',
    ...agentBasics(config),
    skills: browserSkills,
    adapters: {},
    life,
  });
}
