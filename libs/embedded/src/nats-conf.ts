// The broker's configuration: every user with exactly what the subject map lets it say and hear.
import { type BrokerUser, operatorSubjects, streams, witnessPrefix, witnessRequests } from '@switchboard/contract';

/** A user of the broker, with the public half of its NKey. */
export interface KeyedUser extends BrokerUser {
  readonly publicKey: string;
}

/** One of several servers that are one broker. */
export interface NatsCluster {
  /** Of this server; unlike every other's. */
  readonly serverName: string;
  readonly host: string;
  readonly port: number;
  /** `host:port` of the others, or of all. */
  readonly peers: readonly string[];
  /** All of them know it. */
  readonly password: string;
  /** Between the servers, each of which shows its certificate. Default: none, for one machine. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly caFile: string } | undefined;
}

export interface NatsConfOptions {
  readonly port: number;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** JetStream makes its own folder `jetstream` in it. */
  readonly storeDir: string;
  readonly users: readonly KeyedUser[];
  /** Serves /healthz, /varz and the like on 127.0.0.1, without a password. Default: not at all. */
  readonly monitorPort?: number | undefined;
  /** Everybody must speak TLS then. Default: nobody. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Default: the only one. */
  readonly cluster?: NatsCluster | undefined;
  /** Public key of who may have this very file read again, and do nothing else. Default: nobody. */
  readonly reloader?: string | undefined;
}

const quote = (text: string): string => JSON.stringify(text);
const list = (items: readonly string[]): string => `[${items.map(quote).join(', ')}]`;

/** An empty list of what is allowed would allow everything. */
function rule(subjects: readonly string[]): string {
  return subjects.length === 0 ? '{ deny: [">"] }' : `{ allow: ${list(subjects)} }`;
}

function user({ name, publicKey, publish, subscribe }: KeyedUser): string {
  return `      # ${name}
      { nkey: ${publicKey}, permissions: {
        publish: ${rule(publish)}
        subscribe: ${rule(subscribe)}
      } }`;
}

function users(all: readonly KeyedUser[], account: BrokerUser['account']): string {
  return all
    .filter((one) => one.account === account)
    .map(user)
    .join('\n');
}

const exported = [
  ...operatorSubjects.map((subject) => `{ stream: ${quote(subject)}, accounts: [OPS] }`),
  ...witnessRequests.map((request) => `{ service: ${quote(`$JS.API.${request}`)}, accounts: [OPS] }`),
];
const imported = [
  ...operatorSubjects.map((subject) => `{ stream: { account: SB, subject: ${quote(subject)} } }`),
  ...witnessRequests.map((request) => {
    const service = `{ account: SB, subject: ${quote(`$JS.API.${request}`)} }`;
    return `{ service: ${service}, to: ${quote(`${witnessPrefix}.${request}`)} }`;
  }),
];
const bytesMax = Object.values(streams).reduce((sum, stream) => sum + stream.bytesMax, 0);

function tlsBlock({ tls }: NatsConfOptions): string {
  if (tls === undefined) return '';
  return `tls { cert_file: ${quote(tls.certFile)}, key_file: ${quote(tls.keyFile)}, timeout: 5 }\n`;
}

function clusterBlock({ cluster }: NatsConfOptions): string {
  if (cluster === undefined) return '';
  const { host, port, password, tls } = cluster;
  const routes = cluster.peers.map((peer) => `nats-route://servers:${password}@${peer}`);
  const files =
    tls && `cert_file: ${quote(tls.certFile)}, key_file: ${quote(tls.keyFile)}, ca_file: ${quote(tls.caFile)}`;
  return `cluster {
  name: switchboard
  listen: "${host}:${port}"
  authorization { user: servers, password: ${quote(password)}, timeout: 5 }
  routes: ${list(routes)}
  # Clients know all servers by name: an address would not be in any certificate.
  no_advertise: true
  ${files === undefined ? '' : `tls { ${files}, verify: true, timeout: 5 }\n`}}
`;
}

function systemUsers({ reloader }: NatsConfOptions): string {
  if (reloader === undefined) return '';
  const publish = ['$SYS.REQ.SERVER.PING', '$SYS.REQ.SERVER.*.RELOAD'];
  const subscribe = ['_INBOX.reloader.>'];
  return `\n    users: [\n${user({ name: 'reloader', publicKey: reloader, account: 'SB', publish, subscribe })}\n    ]\n `;
}

/**
 * nats-server's configuration as text. Nobody gets in without an NKey: there is no default user. The system account has
 * no users but the reloader, if there is one. `sync_interval: always`: an acknowledged message is on disk. Throws TypeError on a key that is not an NKey.
 */
export function renderNatsConf(options: NatsConfOptions): string {
  const keyed = [...options.users, ...(options.reloader ? [{ name: 'reloader', publicKey: options.reloader }] : [])];
  for (const { name, publicKey } of keyed) {
    if (!/^U[A-Z2-7]{55}$/.test(publicKey)) throw new TypeError(`${name}: not the public key of a user`);
  }
  return `# Generated at every start. Changes are lost.
server_name: ${options.cluster?.serverName ?? 'switchboard'}
listen: "${options.host ?? '127.0.0.1'}:${options.port}"
${options.monitorPort === undefined ? '' : `http: "127.0.0.1:${options.monitorPort}"\n`}${tlsBlock(options)}max_payload: 1MB
max_connections: 256
# A client that does not read for so long is dropped, and comes back.
write_deadline: "10s"
ping_interval: "20s"
ping_max: 2
${clusterBlock(options)}jetstream {
  store_dir: ${quote(options.storeDir)}
  sync_interval: always
  max_file: ${bytesMax}
  max_mem: 16MB
}
system_account: SYS
accounts {
  SB {
    jetstream: enabled
    exports: [
      ${exported.join('\n      ')}
    ]
    users: [
${users(options.users, 'SB')}
    ]
  }
  OPS {
    imports: [
      ${imported.join('\n      ')}
    ]
    users: [
${users(options.users, 'OPS')}
    ]
  }
  SYS {${systemUsers(options)} }
}
`;
}
