import { memo, useSyncExternalStore } from 'react';
import type { Trail } from '../data/price-trail.ts';

const WIDTH = 58;
const HEIGHT = 20;
/** Room for the thickness of the line. */
const EDGE = 1.5;

/** The way of a price over the last two minutes; the numbers beside it say what it means. */
export const Sparkline = memo(function Sparkline({ trail }: { readonly trail: Trail }) {
  const points = useSyncExternalStore(trail.changes.subscribe, trail.points);
  const [first = 0] = points;
  const last = points.at(-1) ?? first;
  return (
    <svg className={last >= first ? 'sparkline up' : 'sparkline down'} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {points.length > 1 && <path d={pathOf(points)} />}
    </svg>
  );
});

function pathOf(points: readonly number[]): string {
  const low = Math.min(...points);
  const range = Math.max(...points) - low || 1;
  const step = (WIDTH - 2 * EDGE) / (points.length - 1);
  const place = (point: number, index: number) =>
    `${(EDGE + index * step).toFixed(1)} ${(HEIGHT - EDGE - ((point - low) / range) * (HEIGHT - 2 * EDGE)).toFixed(1)}`;
  return `M${points.map(place).join('L')}`;
}
