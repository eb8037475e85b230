// Everything of notifications that the messenger has, or why it has it not.
import { withoutCapability } from '@switchboard/agent';
import { SettingError } from '@switchboard/service';
import { messengerSkills } from '@switchboard/skills/messenger';
import type { MessengerPart } from '../part.ts';
import type { NotifySettings } from './notify-settings.ts';

/** Opens no connection. Throws SettingError for settings that cannot be used. */
export async function createNotify(settings: NotifySettings & { readonly DATA_DIR: string }): Promise<MessengerPart> {
  const { NTFY_URL: url, NTFY_TOPIC: topic, NTFY_TOKEN: token, WEBHOOK_URL: hook, WEBHOOK_SECRET: secret } = settings;
  if ((url === undefined) !== (topic === undefined)) {
    throw new SettingError('NTFY_URL and NTFY_TOPIC: give both of them, or none');
  }
  if ((hook === undefined) !== (secret === undefined)) {
    throw new SettingError('WEBHOOK_URL and WEBHOOK_SECRET_FILE: give both of them, or none');
  }
  if (url === undefined && hook === undefined) {
    const why = 'no notifications are configured: set NTFY_URL and NTFY_TOPIC, or WEBHOOK_URL and WEBHOOK_SECRET_FILE';
    return { adapters: {}, unavailable: withoutCapability(messengerSkills, 'notification', why), channels: [] };
  }
  // Only here, so that an agent that notifies nobody loads none of it.
  const { createNotifyAdapter } = await import('./notify-adapter.ts');
  const { createNtfy } = await import('./ntfy.ts');
  const ntfy = url === undefined || topic === undefined ? {} : { ntfy: createNtfy({ url, topic, token }) };
  const webhook =
    hook === undefined || secret === undefined ? {} : { webhook: await openWebhook(hook, secret, settings) };
  return { adapters: { notification: createNotifyAdapter({ ...ntfy, ...webhook }) }, unavailable: [], channels: [] };
}

async function openWebhook(url: string, secret: string, { DATA_DIR }: { readonly DATA_DIR: string }) {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length;
  if (!/^whsec_[A-Za-z0-9+/]+=*$/.test(secret) || bytes < 24 || bytes > 64) {
    throw new SettingError('WEBHOOK_SECRET: must be whsec_ and 24 to 64 bytes in base64');
  }
  const { createWebhook } = await import('./webhook.ts');
  return createWebhook({ url, secret, dataDir: DATA_DIR });
}
