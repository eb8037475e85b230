// The home folder: every secret is made once, in a file that only its owner can read.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createBusIdentity, createSigningKeys, publicKeyOf } from '@switchboard/bus';
import { type BrokerUser, brokerUsers } from '@switchboard/contract';
import type { KeyedUser } from '@switchboard/embedded';
import { type Logins, mintKey, newPassword } from '@switchboard/store';
import { defaultPolicyText } from '../../services/gateway/src/policy/default-policy.ts';
import { defaultModelsText } from '../../services/model/src/models-file.ts';
import { modelsFile, SettingError, settingsFile } from './settings.ts';

/** The agents of this deployment: each is a user of the broker. */
export const agents = ['workstation', 'browser', 'messenger', 'business'] as const;

const settingsText = [
  '# Settings of this Switchboard, NAME=value: they count with the next start, and the environment comes before them.',
  '# Secrets are better given as files: NAME_FILE=/path. All of them: deploy/env.example. Look: npm run config -- check',
].join('\n');

export interface Home {
  readonly path: string;
  readonly users: readonly KeyedUser[];
  /** The file with a bus user's seed. */
  seedFile(user: string): string;
  seed(user: string): string;
  readonly signingKeyFile: string;
  readonly signingPublicKeyFile: string;
  /** Of the database: this home's own, also beside others on one server. */
  readonly logins: Logins;
  /** Writes a secret that is new with each start; the file that has it. */
  keepSecret(name: string, text: string): string;
  /** What may be done; the operator's to change, and to take away. */
  readonly policyFile: string;
  /** Settings that count with the next start; the operator's to fill. */
  readonly settingsFile: string;
  readonly adminKeyFile: string;
  /** The owner's API key, as the file holds it. */
  readonly adminKey: string;
  /** Puts another one into the file. */
  keepAdminKey(key: string): void;
  /** A folder in it, made when it is not there. */
  folder(name: string): string;
  /** Where `run.json` tells other programs how to reach this deployment. */
  readonly runFile: string;
}

/** One by one: Node's own recursive mkdir never ends where the kernel says that there is no such place (/proc). */
function makeFolders(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path), mode);
  mkdirSync(path, { mode });
}

function once(file: string, make: () => string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const text = make();
  writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  return text;
}

/** The file has the old text or the new one, whenever it is looked at. */
export function replaceSecret(file: string, text: string): void {
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, `${text}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(beside, file);
}

/** Throws SettingError when the folder cannot be used. */
export function openHome(path: string): Home {
  const secrets = join(path, 'secrets');
  try {
    // Enterable, because PostgreSQL may have to run as another user; what is secret lies deeper.
    makeFolders(path, 0o711);
    makeFolders(secrets, 0o700);
  } catch (error) {
    throw new SettingError(
      `SWITCHBOARD_HOME: ${path} cannot be used: ${error instanceof Error ? error.message : error}`,
    );
  }
  const seedFile = (user: string): string => join(secrets, `${user}.seed`);
  const users = brokerUsers(agents).map((user: BrokerUser): KeyedUser => {
    const seed = once(seedFile(user.name), () => createBusIdentity().seed);
    return { ...user, publicKey: publicKeyOf(seed) };
  });
  const signingKeyFile = join(secrets, 'signing.key');
  const signingPublicKeyFile = join(secrets, 'signing.pub');
  if (!existsSync(signingPublicKeyFile)) {
    const keys = createSigningKeys();
    writeFileSync(signingKeyFile, keys.privateKey, { mode: 0o600 });
    writeFileSync(signingPublicKeyFile, keys.publicKey, { mode: 0o600 });
  }
  const logins = {
    suffix: once(join(secrets, 'database.suffix'), () => randomBytes(4).toString('hex')),
    passwords: {
      api: once(join(secrets, 'database-api.password'), newPassword),
      work: once(join(secrets, 'database-work.password'), newPassword),
    },
  };
  const adminKeyFile = join(path, 'admin.key');
  const policyFile = join(path, 'policy.yaml');
  // With the first start only: an operator who has taken it away has done so on purpose.
  if (!existsSync(adminKeyFile)) {
    once(policyFile, () => defaultPolicyText.trimEnd());
    once(join(path, modelsFile), () => defaultModelsText.trimEnd());
    once(join(path, settingsFile), () => settingsText);
  }
  return {
    path,
    users,
    seedFile,
    seed: (user) => readFileSync(seedFile(user), 'utf8').trim(),
    signingKeyFile,
    signingPublicKeyFile,
    logins,
    keepSecret(name, text) {
      const file = join(secrets, name);
      writeFileSync(file, `${text}\n`, { mode: 0o600 });
      return file;
    },
    policyFile,
    settingsFile: join(path, settingsFile),
    adminKeyFile,
    get adminKey() {
      return once(adminKeyFile, () => mintKey().key);
    },
    keepAdminKey: (key) => replaceSecret(adminKeyFile, key),
    folder(name) {
      const folder = join(path, name);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
    runFile: join(path, 'run.json'),
  };
}
