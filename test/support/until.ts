import { setImmediate as turn } from 'node:timers/promises';

/** Turns of the event loop given to sockets of this machine before a wait counts as hopeless. Seconds, in effect. */
const MAX_TURNS = 1_000_000;

/** Waits for what real sockets bring, turn by turn: no time passes on a fake clock, and none is hoped for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turns = 0; !(await holds()); turns++) {
    if (turns > MAX_TURNS) throw new Error(`never happened: ${what}`);
    await turn();
  }
}

/** Lets what is on its way between sockets of this machine arrive; for showing that something does not happen. */
export async function quietly(turns = 50): Promise<void> {
  for (let done = 0; done < turns; done++) await turn();
}
