import type { Bus } from '../bus/bus.ts';
import { topics } from '../bus/topics.ts';
import type { InterruptibleFeed } from '../feeds/interruptible.ts';
import { background } from '../lib/background.ts';
import type { Log } from '../lib/log.ts';
import type { Interruption } from '../model/interruption.ts';

/** Interrupts feeds of this process when asked to over the bus. @returns what ends it. */
export function listenForInterruptions(bus: Bus, feeds: readonly InterruptibleFeed[], log: Log): () => void {
  let stopped = false;
  let close = () => {
    stopped = true;
  };
  const heard = ({ source, forMs }: Interruption) => {
    log.warn({ source, forMs }, 'a feed is interrupted on purpose');
    for (const feed of feeds) if (feed.name === source) feed.interrupt(forMs);
  };
  const listening = bus
    .subscribe(topics.interruptions, {
      message: ({ payload }) => heard(JSON.parse(payload) as Interruption),
      restored: () => undefined,
    })
    .then((end) => {
      if (stopped) return end();
      close = end;
    });
  background('listen for interruptions', listening, log);
  return () => close();
}
