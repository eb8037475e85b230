// The messenger agent: mail, chat and notifications.
import { agentBasics, runAgent } from '@switchboard/agent';
import type { Life } from '@switchboard/service';
import { messengerSkills } from '@switchboard/skills/messenger';
import { createChat } from './chat/chat.ts';
import type { MessengerConfig } from './config.ts';
import { createMail } from './mail/mail.ts';
import { createNotify } from './notify/notify.ts';
import { together } from './part.ts';

export async function startMessenger(config: MessengerConfig, life: Life): Promise<void> {
  await runAgent({
    name: 'messenger',
    description: 'Mail, chat and notifications.',
    version: '1.0.0',
    ...agentBasics(config),
    skills: messengerSkills,
    ...together([createMail(config), await createChat(config, life), await createNotify(config)]),
    life,
  });
}
