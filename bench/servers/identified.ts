import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { topics } from '../../src/bus/topics.ts';
import { decimal } from '../../src/lib/decimal.ts';
import type { Alert } from '../../src/model/alert.ts';
import { answer } from '../answering.ts';
import { venueTrade } from './market.ts';
import { PARTS, startReading } from './reading.ts';
import { type Mark, mark, type Pace, paced } from './subject.ts';

/** What the server is started with: a secret of 32 bytes, as hexadecimal. */
const { secret } = JSON.parse(process.argv[2] ?? '{}') as { readonly secret: string };

/** Whose events are published, in turn: one owner's, or trades of one symbol, for each. */
export interface Stream {
  readonly kind: 'owner' | 'public';
  readonly audiences: number;
}

const bus = createMemoryBus(PARTS);
const server = await startReading(bus, { secret });

/** As long as the trade beside it. */
const TEXT = 'x'.repeat(60);

let made = 0;

function alertOf(owner: string): Alert {
  const now = Date.now();
  return {
    id: String(++made),
    version: 1,
    owner,
    ruleId: 'a rule',
    alertType: 'LIQUIDATION_RISK',
    metric: 'HEALTH_FACTOR',
    severity: 'HIGH',
    title: String(made),
    message: TEXT,
    riskScore: null,
    currentValue: null,
    thresholdValue: decimal('1'),
    state: 'OPEN',
    positionId: null,
    symbol: null,
    createdAt: now,
    acknowledgedAt: null,
    resolvedAt: null,
    timestamp: now,
    receivedAt: now,
  };
}

/** The address of owner number so much, and the symbol of audience number so much. */
const ownerOf = (audience: number) => `0x${audience.toString(16).padStart(40, '0')}`;

function publish({ kind, audiences }: Stream, sequence: number): Promise<unknown> {
  const audience = sequence % audiences;
  if (kind === 'owner') return bus.publishEvent(topics.alerts, alertOf(ownerOf(audience)));
  const trade = {
    tradeId: String(++made),
    symbol: `S${audience}`,
    source: TEXT,
    price: '1',
    quantity: '1',
    side: 'BUY',
  };
  return bus.publishEvent(topics.trades, venueTrade({ ...trade, side: 'BUY' }));
}

answer({
  port: () => Number(new URL(server.url).port),
  mark: ({ collect }: { readonly collect: boolean }): Promise<Mark> => mark(collect),
  publish: ({ stream, pace }: { readonly stream: Stream; readonly pace: Pace }) =>
    paced(pace, (sequence) => publish(stream, sequence)),
});
