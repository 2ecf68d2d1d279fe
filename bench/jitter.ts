import { type Settings, stage } from './cell.ts';
import type { JitterHeard } from './generator/jitter.ts';
import type { Contestant, Group } from './matrix.ts';
import type { Mark } from './servers/subject.ts';

/** What clients on a failing network got. */
export interface JitterResult extends JitterHeard {
  readonly server: string;
  readonly clients: number;
  readonly published: number;
  readonly serverBusy: number;
}

/** Two events a second, as in the published comparison of Node's WebSocket servers by Evil Martians. */
const INTERVAL_MS = 500;

/** Wait for the last client to have everything, milliseconds. */
const FINISH_MS = 12_000;

export async function measureJitter(
  group: Group,
  contestant: Contestant,
  settings: Settings,
  published: number,
): Promise<JitterResult> {
  const workload = { ...group.workload, resumable: contestant.resumes };
  const on = await stage(contestant, workload, settings);
  try {
    await on.load.ask('jitterStart', on.target);
    const before = await on.server.ask<Mark>('mark', { collect: false });
    const began = performance.now();
    const pace = { burst: 1, intervalMs: INTERVAL_MS, turns: published, firstSequence: 1, apart: false };
    await on.publisher.ask('publish', pace);
    const after = await on.server.ask<Mark>('mark', { collect: false });
    const serverBusy = (after.cpuMicros - before.cpuMicros) / 1_000 / (performance.now() - began);
    const heard = await on.load.ask<JitterHeard>('jitterFinish', { published, limitMs: FINISH_MS });
    return { ...heard, server: contestant.name, clients: workload.sockets, published, serverBusy };
  } finally {
    await on.stop();
  }
}
