import type { BusListener, BusRecord } from '../../src/bus/bus.ts';
import type { EventTopic, StateTopic } from '../../src/bus/topics.ts';
import type { Address } from '../../src/model/identity.ts';

export interface Tally {
  readonly name: string;
  readonly total: number;
}

export interface Added {
  readonly more: number;
}

/** A state topic with changes. */
export const tallies: StateTopic<Tally, Added> = {
  kind: 'state',
  name: 'tallies',
  reach: 'shared',
  keyOf: (tally) => tally.name,
  fold: (tally, added) => ({ name: tally.name, total: tally.total + added.more }),
  predicates: [],
};

export interface Cry {
  readonly id: string;
  readonly by: string;
  readonly words: string;
}

/** An event topic. */
export const cries: EventTopic<Cry> = {
  kind: 'event',
  name: 'cries',
  reach: 'shared',
  keyOf: (cry) => cry.by,
  idOf: (cry) => cry.id,
  predicates: [],
  retentionEvents: 1_000_000,
};

export const cry = (id: string | number, by = 'town', words = `cry ${id}`): Cry => ({ id: `${id}`, by, words });

export interface Whisper extends Cry {
  readonly to: Address;
}

/** An event topic that is one stream an owner. */
export const whispers: EventTopic<Whisper> = {
  kind: 'event',
  name: 'whispers',
  reach: 'shared',
  keyOf: (whisper) => whisper.by,
  idOf: (whisper) => whisper.id,
  ownerOf: (whisper) => whisper.to,
  predicates: [],
  retentionEvents: 1_000_000,
};

/** An owner's address, of as many as are wanted. */
export const owner = (number: number): Address => `0xA${number.toString(16).padStart(39, '0')}`;

export const whisper = (to: Address, id: string | number, by = 'town'): Whisper => ({ ...cry(id, by), to });

/** Writes down what it hears. */
export class Hearing implements BusListener {
  readonly records: BusRecord[] = [];
  restorations = 0;
  readonly #watchers = new Set<() => void>();

  message(record: BusRecord): void {
    this.records.push(record);
    for (const look of this.#watchers) look();
  }

  restored(): void {
    this.restorations++;
    for (const look of this.#watchers) look();
  }

  get sequences(): readonly number[] {
    return this.records.map(({ sequence }) => sequence);
  }

  get values(): readonly unknown[] {
    return this.records.map(({ payload }) => JSON.parse(payload));
  }

  /** Resolves when this many records have been heard. */
  heard(count: number): Promise<void> {
    return this.until(() => this.records.length >= count);
  }

  until(reached: () => boolean): Promise<void> {
    if (reached()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!reached()) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
    });
  }
}

/** 1, 2, ... as far as it goes. */
export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);
