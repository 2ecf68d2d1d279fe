import { describe, expect, test } from 'vitest';
import { Chance } from '../hostile/chance.ts';
import { redisRuntime } from '../support/private-redis.ts';
import { Campaign } from './campaign.ts';
import { FAULTS } from './faults.ts';
import { Ground } from './ground.ts';

/** Those that other tests do not do with whole processes; `npm run chaos` does them all, and longer. */
const SHORT = [
  'kill -9 of an api',
  'rolling restart of both apis',
  'kill -9 of a worker',
  'Redis killed, back with its data',
  'Redis killed, back empty',
  'PostgreSQL stopped',
];

/** Whole processes start and end here, on a machine that may be doing other things: this bounds a hang. */
const BOUND_MS = 600_000;

describe.skipIf(redisRuntime !== 'binary')('clients on two apis and two workers', () => {
  test('lose nothing, get nothing twice and hold what the store holds, whatever dies', {
    timeout: BOUND_MS,
  }, async () => {
    const ground = await Ground.open();
    const chance = new Chance(1);
    let campaign: Campaign | null = null;
    try {
      campaign = new Campaign(ground, 11, () => chance.next());
      await campaign.ready();
      for (const name of SHORT) {
        const fault = FAULTS.find((one) => one.name === name);
        if (!fault) throw new Error(`no fault is called ${name}`);
        const { complaints, recoveredMs, expired } = await campaign.run(fault, fault.lasts[1]);
        expect(complaints, name).toEqual([]);
        expect(recoveredMs, name).not.toBeNull();
        // Only a store that lost its data may say that a cursor is too old.
        if (!fault.loses) expect(expired, name).toBe(0);
      }
    } finally {
      campaign?.stop();
      await ground.close();
    }
  });
});
