import { words } from '../format/words.ts';
import type { HealthStatus } from '../generated/graphql.ts';

const TONES: Readonly<Record<HealthStatus, string>> = { HEALTHY: 'up', DEGRADED: 'warn', DOWN: 'down' };

export function HealthChip({ status }: { readonly status: HealthStatus }) {
  return (
    <span className={`chip ${TONES[status]}`}>
      <span className="dot" />
      {words(status)}
    </span>
  );
}
