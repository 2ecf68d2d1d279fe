import { answer } from '../answering.ts';
import { JitterSwarm } from './jitter.ts';
import { Swarm, type Target } from './swarm.ts';

/** The process that loads a server: its connections are all of one row, and end with it. */
let swarm: Swarm | null = null;
let jitter: JitterSwarm | null = null;

function connected(): Swarm {
  if (!swarm) throw new Error('not connected');
  return swarm;
}

answer({
  connect: (target: Target) => {
    swarm = new Swarm(target);
    return swarm.connect();
  },
  reset: () => connected().reset(),
  drain: ({ expected, quietMs }: { readonly expected: number; readonly quietMs: number }) =>
    connected().drain(expected, quietMs),
  jitterStart: (target: Target) => {
    jitter = new JitterSwarm(target);
    return jitter.start();
  },
  jitterFinish: ({ published, limitMs }: { readonly published: number; readonly limitMs: number }) =>
    jitter?.finish(published, limitMs),
});
