import type { Bus, BusRecord, Position } from '../../bus/bus.ts';
import { topics } from '../../bus/topics.ts';
import { background } from '../../lib/background.ts';
import type { Cancel, Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { type MarketLiquidations, mergedLiquidations, type ShareOfLiquidations } from '../../model/risk.ts';
import { FailureLog } from '../failure-log.ts';
import { StatePublisher } from '../state-publisher.ts';
import { defineWorker, type Worker } from '../worker.ts';

const NAME = 'liquidations';

/** Until what could not be read is asked for again, milliseconds. */
const RETRY_MS = 1_000;

export interface LiquidationMergerOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  /** Shares that there are: what another number has left behind is not counted. */
  readonly of: number;
}

/** Puts the lists of a market, one from each share of the owners, together to the one that everybody sees. */
export function createLiquidationMerger({ bus, clock, log, of }: LiquidationMergerOptions): Worker {
  const failures = new FailureLog('the bus refused to publish', clock, log.child({ worker: NAME }));
  /** By market, then by share, with where in the topic it was told. */
  const shares = new Map<string, Map<number, { readonly share: ShareOfLiquidations; readonly at: Position }>>();
  const closings: Cancel[] = [];
  let merged: StatePublisher<MarketLiquidations> | null = null;
  let startedAt = 0;
  let lastUpdate: number | null = null;
  let loaded = false;
  let stopped = false;

  const take = ({ payload, epoch, sequence }: BusRecord): void => {
    const share = JSON.parse(payload) as ShareOfLiquidations;
    const { symbol } = share.liquidations;
    if (share.of !== of || stopped) return;
    const known =
      shares.get(symbol) ?? new Map<number, { readonly share: ShareOfLiquidations; readonly at: Position }>();
    const before = known.get(share.number);
    // A reading may be older than what was heard meanwhile.
    if (before?.at.epoch === epoch && before.at.sequence >= sequence) return;
    known.set(share.number, { share, at: { epoch, sequence } });
    shares.set(symbol, known);
    lastUpdate = clock.now();
    merged?.publish(
      mergedLiquidations(
        symbol,
        [...known.values()].map(({ share: { liquidations } }) => liquidations),
      ),
    );
  };
  const read = async (): Promise<void> => {
    for (const record of (await bus.latest(topics.liquidationShares)).values()) take(record);
  };
  const follow = async (changed: () => void): Promise<void> => {
    try {
      const close = await bus.subscribe(topics.liquidationShares, {
        message: take,
        restored: () => background('read lists of shares', read(), log),
      });
      closings.push(close);
      if (stopped) return close();
      await read();
      loaded = true;
      changed();
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'lists of shares cannot be heard yet');
      for (const close of closings.splice(0)) close();
      if (!stopped)
        closings.push(clock.after(RETRY_MS, () => background('hear lists of shares', follow(changed), log)));
    }
  };
  return defineWorker({
    name: NAME,
    start: (changed) => {
      startedAt = clock.now();
      merged = new StatePublisher({
        topic: topics.liquidations,
        bus,
        clock,
        failures,
        storeLost: () => merged?.republish(),
      });
      background('hear lists of shares', follow(changed), log);
    },
    health: () => ({
      name: NAME,
      status: loaded ? 'HEALTHY' : 'DEGRADED',
      message: loaded ? '' : 'lists of shares are not heard yet',
      startedAt,
      lastUpdate,
      errorCount: failures.count,
      recoveries: 0,
    }),
    stop: async () => {
      stopped = true;
      for (const close of closings) close();
      merged?.stop();
    },
  });
}
