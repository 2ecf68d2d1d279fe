import type { Log } from '../lib/log.ts';
import type { BusListener } from './bus.ts';
import { Listeners } from './listeners.ts';
import { recordOfMessage } from './redis-wire.ts';

const LINE_FEED = 10;

/** Bytes of the longest address: a topic's name and an owner. Bounds the search in what is no message of ours. */
const ADDRESS_BYTES = 200;

/** The listeners of one channel in this process, by the stream that each listens to. */
export class ChannelListeners {
  /** Whether several streams share the channel, so that each message begins with the one that it is of. */
  readonly #addressed: boolean;
  readonly #log: Log;
  readonly #streams = new Map<string, Listeners>();
  /** The only one, where the channel is one stream's. */
  #all: Listeners | null = null;

  constructor(addressed: boolean, log: Log) {
    this.#addressed = addressed;
    this.#log = log;
  }

  /** Whether nobody listens. */
  get empty(): boolean {
    return this.#streams.size === 0;
  }

  add(stream: string, listener: BusListener): void {
    const listeners = this.#streams.get(stream) ?? new Listeners(stream, this.#log);
    this.#streams.set(stream, listeners);
    if (!this.#addressed) this.#all = listeners;
    listeners.add(listener);
  }

  remove(stream: string, listener: BusListener): void {
    const listeners = this.#streams.get(stream);
    listeners?.remove(listener);
    if (listeners?.size === 0) this.#streams.delete(stream);
  }

  /** Tells whom it concerns. What nobody listens to is not looked into. False for what is no record. */
  message(message: Buffer): boolean {
    if (!this.#addressed) return tell(this.#all, message);
    const end = message.subarray(0, ADDRESS_BYTES).indexOf(LINE_FEED);
    if (end < 0) return false;
    const listeners = this.#streams.get(message.toString('utf8', 0, end));
    return listeners === undefined || tell(listeners, message.subarray(end + 1));
  }

  restored(): void {
    for (const listeners of [...this.#streams.values()]) listeners.restored();
  }
}

function tell(listeners: Listeners | null, message: Buffer): boolean {
  const record = recordOfMessage(message);
  if (record) listeners?.message(record);
  return record !== null;
}
