// What services report of themselves is taken into the audit chain: a refused call must outlast the stream that told of it.
import type { Bus } from '@switchboard/bus';
import type { Log } from '@switchboard/service';
import type { Audit } from '@switchboard/store';

/** An honest service says less; of one that is not, the chain need not keep every word. */
const usualLimits = { reportsMax: 60, windowMs: 60_000 };
const dataCharactersMax = 4_000;

export interface RecordReports {
  readonly bus: Bus;
  readonly audit: Pick<Audit, 'append'>;
  readonly log: Log;
  readonly limits?: { readonly reportsMax: number; readonly windowMs: number };
}

/** Of several gateways one records each report. Who says it is told by the subject: the broker lets nobody use another's. */
export function recordReports({ bus, audit, log, limits = usualLimits }: RecordReports): void {
  const windows = new Map<string, { until: number; count: number }>();

  function append(actor: string, action: string, data: Record<string, unknown>): void {
    audit.append({ actor, action, data }).catch((error: unknown) => {
      log.error({ err: error, actor, action }, 'a report did not reach the audit');
    });
  }

  bus.listen(
    'audit',
    ({ message, parameters }) => {
      const { service } = parameters;
      // A gateway records its own acts where it does them.
      if (service === bus.user) return;
      const now = Date.now();
      const open = windows.get(service);
      const window = open !== undefined && open.until > now ? open : { until: now + limits.windowMs, count: 0 };
      windows.set(service, window);
      window.count += 1;
      if (window.count > limits.reportsMax) return;
      if (window.count === limits.reportsMax) return append(service, 'reports-too-many', { windowMs: limits.windowMs });
      const size = JSON.stringify(message.data).length;
      append(service, message.kind, size > dataCharactersMax ? { characters: size } : message.data);
    },
    { queue: 'gateway' },
  );
}
