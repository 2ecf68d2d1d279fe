import type { RiskEvent, RiskOutput } from '../../../src/engines/risk/events.ts';
import { RiskEngine, type RiskEngineOptions } from '../../../src/engines/risk/risk-engine.ts';
import { decimal } from '../../../src/lib/decimal.ts';
import type { Position } from '../../../src/model/position.ts';
import type { PositionChange } from '../../../src/model/position-change.ts';
import type { PositionFigures } from '../../../src/model/risk.ts';
import { changed, OWNER, T0 } from '../../support/open-positions.ts';

type Outputs = readonly RiskOutput[];

/** An engine, and short words for what it hears and says. */
export function book(options: RiskEngineOptions = {}) {
  const engine = new RiskEngine(options);
  let now = T0;
  const tell = (event: RiskEvent): Outputs => engine.process(event);
  return {
    engine,
    tell,
    price(symbol: string, price: string, more: Partial<Extract<RiskEvent, { kind: 'price' }>> = {}): Outputs {
      now += 1;
      const times = { timestamp: now, receivedAt: now + 1 };
      const heard = { kind: 'price', symbol, price: decimal(price), confidence: null, volatilityPct: 50 } as const;
      return tell({ ...heard, stale: false, ...times, ...more });
    },
    open(position: Position): Outputs {
      return tell({ kind: 'change', change: { type: 'OPEN', position, ...changed(position.id) } });
    },
    change(change: PositionChange): Outputs {
      return tell({ kind: 'change', change });
    },
    figures(id = 'p1'): PositionFigures | undefined {
      return engine.positionsOf(OWNER).positions.find(({ position }) => position.id === id)?.figures;
    },
  };
}

export const eventTypes = (outputs: Outputs): readonly string[] =>
  outputs.flatMap((output) => (output.kind === 'positionEvent' ? output.event.type : []));
