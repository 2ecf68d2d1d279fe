import { approximately, toPlaces } from '../format/decimal.ts';
import { Bar } from '../parts/bar.tsx';

interface Props {
  readonly healthFactor: string | null;
  readonly isAtRisk: boolean;
  /** What to say where nothing is owed. */
  readonly fallback: string;
}

/** Liquidation is at 1; from here on more health makes the bar no longer. */
const FULL = 3;
/** Below this a liquidation is near (the second warning of the API). */
const CRITICAL = 1.05;

export function HealthBar({ healthFactor, isAtRisk, fallback }: Props) {
  if (healthFactor === null) return <span className="muted">{fallback || 'Nothing owed'}</span>;
  const factor = approximately(healthFactor);
  const part = Math.min(1, Math.max(0.02, (factor - 1) / (FULL - 1)));
  const tone = factor < CRITICAL ? 'down' : isAtRisk ? 'warn' : 'up';
  return (
    <span className={`measured ${tone}`}>
      <Bar part={part} />
      <span>{factor >= 100 ? '> 100' : toPlaces(healthFactor, 2)}</span>
      {isAtRisk && <span className="hidden">at risk</span>}
    </span>
  );
}
