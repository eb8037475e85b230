// What tests share: real servers, and helpers to wait and to clean up.
export { freshDatabase, type TestDatabase } from './fresh-database.ts';
export { isAlive } from './is-alive.ts';
export { projectRoot } from './project-root.ts';
export { type TempFolder, tempFolder } from './temp-folder.ts';
export { startTestNats, type TestNats } from './test-nats.ts';
export { waitUntil } from './wait-until.ts';
