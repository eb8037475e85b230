// A busy port is one line that names the setting, before anything else is started.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { SettingError } from './settings.ts';

/** Throws SettingError. */
export async function requireFreePort(port: number, host = '127.0.0.1'): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw new SettingError(`PORT: ${port} is in use by another program; set PORT to a free one`);
    if (code === 'EACCES')
      throw new SettingError(`PORT: ${port} may not be used by this user; set PORT to one above 1023`);
    throw error;
  } finally {
    server.close();
  }
}
