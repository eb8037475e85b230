// What an agent can put into a skill's hands. A skill's ctx is computed from the effects it declares, and holds nothing else.
import type { ApiDestroy, ApiExternal, ApiRead } from './capabilities/api.ts';
import type { ChatRead, ChatSend } from './capabilities/chat.ts';
import type { DatabaseRead } from './capabilities/database.ts';
import type { FilesDestroy, FilesRead, FilesWrite } from './capabilities/files.ts';
import type { MailExternal, MailRead, MailWrite } from './capabilities/mail.ts';
import type { MemoryDestroy, MemoryRead, MemoryWrite } from './capabilities/memory.ts';
import type { NotificationRead, NotificationSend } from './capabilities/notification.ts';
import type { PageAct, PageRead } from './capabilities/page.ts';
import type { RecordsExternal, RecordsRead, RecordsWrite } from './capabilities/records.ts';
import type { Shell } from './capabilities/shell.ts';
import type { EffectClass } from './effects.ts';

/** Capability × effect class → what `ctx` gets. A new capability is a new row here and an adapter in one agent. */
export interface CapabilityTable {
  api: { read: ApiRead; external: ApiExternal; destructive: ApiDestroy };
  chat: { read: ChatRead; external: ChatSend };
  database: { read: DatabaseRead };
  files: { read: FilesRead; write: FilesWrite; destructive: FilesDestroy };
  mail: { read: MailRead; write: MailWrite; external: MailExternal };
  memory: { read: MemoryRead; write: MemoryWrite; destructive: MemoryDestroy };
  notification: { read: NotificationRead; external: NotificationSend };
  page: { read: PageRead; external: PageAct };
  records: { read: RecordsRead; write: RecordsWrite; external: RecordsExternal };
  shell: { execute: Shell };
}

export type CapabilityName = keyof CapabilityTable;

/** An effect that some capability offers: `{class: 'execute', on: 'files'}` does not compile. */
export type CapabilityEffect = {
  [On in CapabilityName]: { readonly class: keyof CapabilityTable[On] & EffectClass; readonly on: On };
}[CapabilityName];

type Intersect<Union> = (Union extends unknown ? (member: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

type GrantOf<E> = E extends { class: infer Class; on: infer On extends CapabilityName }
  ? Class extends keyof CapabilityTable[On]
    ? { readonly [Name in On]: CapabilityTable[On][Class] }
    : never
  : never;

/** `{class:'read',on:'files'} | {class:'write',on:'files'}` → `{ files: FilesRead & FilesWrite }`. */
export type Granted<Effects extends readonly CapabilityEffect[]> = Effects extends readonly []
  ? unknown
  : Intersect<GrantOf<Effects[number]>>;
