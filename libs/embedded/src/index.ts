// Real servers without installing them: PostgreSQL and nats-server as children of whoever needs them.
export { dieWithParent } from './die-with-parent.ts';
export { onFreePort } from './free-port.ts';
export { type Nats, type NatsOptions, startNats } from './nats.ts';
export { type KeyedUser, type NatsCluster, type NatsConfOptions, renderNatsConf } from './nats-conf.ts';
export { locateNatsServer } from './nats-locate.ts';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';
export { type Exit, type ServerCommand, type ServerProcess, startServer } from './server-process.ts';
export { StartError, type StartReason } from './start-error.ts';
