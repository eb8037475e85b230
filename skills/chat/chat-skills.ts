// The skills over chat.
import type { Skill } from '@switchboard/contract';
import { contract as replyChat } from './reply-chat/contract.ts';
import { handler as replyChatHandler } from './reply-chat/handler.ts';
import { contract as sendMessage } from './send-message/contract.ts';
import { handler as sendMessageHandler } from './send-message/handler.ts';

export const chatSkills: readonly Skill[] = [
  { contract: sendMessage, handler: sendMessageHandler },
  { contract: replyChat, handler: replyChatHandler },
];
