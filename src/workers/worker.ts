import type { Cancel } from '../lib/clock.ts';
import type { ComponentReport } from '../model/component.ts';

/** What a component says of itself; the time of saying it is added by whoever reports it. */
export type ComponentHealth = Omit<ComponentReport, 'reportedAt'>;

export interface HealthSource {
  health(): ComponentHealth;
  /** `changed` is called whenever status, message or recoveries may have changed; the counters move without a call. */
  onHealthChange(changed: () => void): Cancel;
}

/**
 * A background job of this process.
 *
 * - It is started at most once; a worker that was stopped before is not started any more.
 * - It lives by itself from `start` to `stop`: what it depends on may be away when it starts and come and go later.
 * - Nothing is published after `stop` has been called; what was handed to the bus before is the bus's to finish.
 */
export interface Worker extends HealthSource {
  /** Its name as a component: `feed:binance`. */
  readonly name: string;
  /** @throws Error when it was started before. */
  start(): void;
  /** Resolves when its sockets and timers are gone. Stopping twice is the same as once. */
  stop(): Promise<void>;
}

/** The parts of a worker that are its own; {@link defineWorker} adds the life cycle. */
export interface WorkerParts {
  readonly name: string;
  /** Called at most once, and never after `stop`. */
  start(healthChanged: () => void): void;
  /** May be called at any time, before `start` and after `stop` as well. */
  health(): ComponentHealth;
  /** Called at most once, and only after `start`. */
  stop(): Promise<void>;
}

export function defineWorker(parts: WorkerParts): Worker {
  const listeners = new Set<() => void>();
  let started = false;
  let stopped: Promise<void> | null = null;
  return {
    name: parts.name,
    start() {
      if (stopped) return;
      if (started) throw new Error(`worker ${parts.name} was started before`);
      started = true;
      parts.start(() => {
        for (const changed of listeners) changed();
      });
    },
    health: () => parts.health(),
    onHealthChange(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    stop() {
      stopped ??= started ? parts.stop() : Promise.resolve();
      return stopped;
    },
  };
}
