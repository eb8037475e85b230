// The broker's certificate, and who vouches for it: made with OpenSSL, for this deployment alone.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const runMsMax = 20_000;
/** Renewed with every start; whoever never starts again for so long has other worries. */
const days = '3650';
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];

export interface Certified {
  readonly key: string;
  readonly certificate: string;
}

function certify(make: (folder: string) => readonly string[]): Certified {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const out = ['-keyout', join(folder, 'key'), '-out', join(folder, 'certificate'), '-days', days];
    execFileSync('openssl', ['req', '-x509', ...key, ...out, ...make(folder)], { timeout: runMsMax, stdio: 'pipe' });
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
    return { key: read('key'), certificate: read('certificate') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws when there is no openssl. */
export function createAuthority(): Certified {
  const extensions = ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign'];
  return certify(() => ['-subj', '/CN=Switchboard', ...extensions.flatMap((one) => ['-addext', one])]);
}

/** For a server that is reached under these names and addresses. */
export function createServerCertificate(authority: Certified, hosts: readonly string[]): Certified {
  const names = hosts.map((host) => `${isIP(host) > 0 ? 'IP' : 'DNS'}:${host}`).join(',');
  const extensions = [
    `subjectAltName=${names}`,
    'basicConstraints=critical,CA:FALSE',
    'extendedKeyUsage=serverAuth,clientAuth',
  ];
  return certify((folder) => {
    writeFileSync(join(folder, 'ca.key'), authority.key, { mode: 0o600 });
    writeFileSync(join(folder, 'ca'), authority.certificate);
    const by = ['-CA', join(folder, 'ca'), '-CAkey', join(folder, 'ca.key')];
    return ['-subj', '/CN=nats', ...by, ...extensions.flatMap((one) => ['-addext', one])];
  });
}
