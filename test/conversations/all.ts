// Every recorded conversation.
import { business } from './business.ts';
import { files } from './files.ts';
import { hostile } from './hostile.ts';
import { memory } from './memory.ts';
import { messages } from './messages.ts';
import { oddModels } from './odd-models.ts';
import type { Conversation } from './recording.ts';
import { severalRoles } from './several-roles.ts';
import { web } from './web.ts';

export const conversations: readonly Conversation[] = [
  ...files,
  ...web,
  ...messages,
  ...business,
  ...memory,
  ...severalRoles,
  ...oddModels,
  ...hostile,
];
