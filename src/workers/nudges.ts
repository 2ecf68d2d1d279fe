import type { Bus, BusListener } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import { background } from '../lib/background.ts';
import type { Cancel, Clock } from '../lib/clock.ts';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

/** Until it is tried again to listen, milliseconds. */
const RETRY_MS = 1_000;

export interface NudgesOptions {
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Log;
  /** `restored` also after each try to listen, whatever came of it: who hears nothing has to look by itself. */
  readonly listener: BusListener;
}

/** Hears nudges as soon as it can: a bus that does not answer now must not leave commands untaken for ever. @returns what ends it. */
export function hearNudges({ bus, clock, log, listener }: NudgesOptions): Cancel {
  let ended = false;
  let close: Cancel = () => undefined;
  const listen = async () => {
    try {
      const opened = await bus.subscribe(topics.nudges, listener);
      if (ended) return opened();
      close = opened;
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'nudges cannot be heard yet; it is looked for what they tell');
      if (!ended) close = clock.after(RETRY_MS, () => background('hear nudges', listen(), log));
    }
    if (!ended) listener.restored();
  };
  background('hear nudges', listen(), log);
  return () => {
    ended = true;
    close();
  };
}
