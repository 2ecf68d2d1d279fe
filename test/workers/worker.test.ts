import { describe, expect, it } from 'vitest';
import { type ComponentHealth, defineWorker, type WorkerParts } from '../../src/workers/worker.ts';

const WELL: ComponentHealth = {
  name: 'job',
  status: 'HEALTHY',
  message: '',
  startedAt: 0,
  lastUpdate: null,
  errorCount: 0,
  recoveries: 0,
};

function make() {
  const calls: string[] = [];
  let healthChanged: () => void = () => undefined;
  const parts: WorkerParts = {
    name: 'job',
    start(changed) {
      calls.push('start');
      healthChanged = changed;
    },
    health: () => WELL,
    async stop() {
      calls.push('stop');
    },
  };
  return { worker: defineWorker(parts), calls, changed: () => healthChanged() };
}

describe('a worker', () => {
  it('is started once and stopped once', async () => {
    const { worker, calls } = make();
    worker.start();
    expect(() => worker.start()).toThrow('worker job was started before');
    await Promise.all([worker.stop(), worker.stop()]);
    await worker.stop();
    expect(calls).toEqual(['start', 'stop']);
  });

  it('is not started after it was stopped', async () => {
    const { worker, calls } = make();
    await worker.stop();
    worker.start();
    await worker.stop();
    expect(calls).toEqual([]);
  });

  it('tells whoever listens that its health may have changed, until they stop listening', () => {
    const { worker, changed } = make();
    const heard: string[] = [];
    const cancel = worker.onHealthChange(() => heard.push('first'));
    worker.onHealthChange(() => heard.push('second'));
    worker.start();
    changed();
    cancel();
    changed();
    expect(heard).toEqual(['first', 'second', 'second']);
    expect(worker.health()).toBe(WELL);
  });
});
