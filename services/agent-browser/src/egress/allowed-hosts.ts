// The hosts that the operator names: they are reached although they lie at home.

/** Of one target: the name or address as a URL writes it, without brackets. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export type AllowedHosts = (target: Target) => boolean;

/**
 * The name or address in the one way that a URL has for it (lower case, no octal, hex or decimal forms, no brackets);
 * undefined when it is none. `port` is the default where the text has none.
 */
export function parseTarget(text: string, port: number): Target | undefined {
  const url = URL.parse(`http://${text}`);
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  // A URL leaves out 80, whether it was written or not.
  const written = /:(\d+)$/.exec(text.replace(/\[.*\]/, ''))?.[1];
  return host === '' ? undefined : { host, port: written === undefined ? port : Number(written) };
}

/** Reads `nas.local, 127.0.0.1:8080, [fd00::1]`: a host, on that port or on every one. Throws TypeError on another text. */
export function parseAllowedHosts(list: string): AllowedHosts {
  const entries = list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const target = parseTarget(entry, 0);
      if (target === undefined) throw new TypeError(`${entry} is not a host, or host:port`);
      return target;
    });
  return ({ host, port }) => entries.some((entry) => entry.host === host && (entry.port === 0 || entry.port === port));
}
