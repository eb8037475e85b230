// The address of one database of a server.

/** `postgres://…/postgres` and `test_1` → `postgres://…/test_1`. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
