import type { Abi, AbiEvent } from 'viem';
import { decodeEventLog, getAddress, isAddress, toEventSelector } from 'viem/utils';
import type { ChainLog, Hex } from '../../model/chain.ts';
import type { EventArgument } from '../../model/contract-event.ts';

/** Events of an ABI by their selector. */
export type Decoder = ReadonlyMap<Hex, AbiEvent>;

export function decoderOf(abi: Abi): Decoder {
  const events = abi.flatMap((item) => (item.type === 'event' && item.anonymous !== true ? [item] : []));
  return new Map(events.map((event) => [toEventSelector(event), event]));
}

export interface DecodedLog {
  readonly name: string;
  readonly arguments: readonly EventArgument[];
}

/** Null where the ABI has no such event, or the log has not the shape that the event has. */
export function decodeLog(decoder: Decoder, { topics, data }: ChainLog): DecodedLog | null {
  const event = decoder.get(topics[0] ?? '');
  if (event === undefined) return null;
  try {
    const decoded: { readonly args?: unknown } = decodeEventLog({
      abi: [event],
      // The node's own text: its shape was checked when it came in.
      topics: topics as [`0x${string}`, ...`0x${string}`[]],
      data: data as `0x${string}`,
    });
    const values = decoded.args ?? [];
    const given = new Map(Object.entries(values));
    // Where one has no name, all come by their places.
    const byPlace = Array.isArray(values);
    const told = event.inputs.map(({ name = '', type }, place): EventArgument => {
      return { name: name || null, type, value: textOf(given.get(byPlace ? String(place) : name)) };
    });
    return { name: event.name, arguments: told };
  } catch {
    return null;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return isAddress(value) ? getAddress(value) : value;
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? '';
}
