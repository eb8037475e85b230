// How a process lives: settings, log, metrics, watchdog, start and stop.
export { brokerAddress, readConfig, requireTimeZone, SettingError } from './config.ts';
export { crashPoint, crashPointArmed } from './crash-point.ts';
export { type Life, runService } from './life.ts';
export { createLog, type Log } from './log.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { createSchemaCheck, type SchemaCheck, type SchemaProblem } from './schema-check.ts';
export { settled, UnsettledError } from './watchdog.ts';
