import type { EventFrame, StateFrame } from '../cohorts/update.ts';
import type { Observed, Perishable } from '../model/observed.ts';
import type { FeedGap } from '../model/trade.ts';
import { builder } from './builder.ts';

/** Values of a state topic, as resolvers get them. */
export type StateShape = StateFrame<Perishable, unknown>;

/** Values of an event topic, as resolvers get them. */
export type EventShape = EventFrame<Observed & { readonly gapBefore?: FeedGap | null }>;

export const FeedGapRef = builder.objectRef<FeedGap>('FeedGap').implement({
  description: 'A hole in what a source told us: what happened in it is missing for good.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'The last we heard before it.' }),
    to: t.expose('to', { type: 'DateTime', description: 'The first we heard after it.' }),
    reason: t.exposeString('reason', { description: 'Why it is there, in one sentence.' }),
  }),
});

export const DeliveredRef = builder.interfaceRef<StateShape | EventShape>('Delivered').implement({
  description: 'Facts that everything delivered carries.',
  fields: (t) => ({
    timestamp: t.field({
      type: 'DateTime',
      description: "When it was true at the source, by the source's clock.",
      resolve: (frame) => frame.value.timestamp,
    }),
    receivedAt: t.field({
      type: 'DateTime',
      description: 'When this system heard it, by our clock. The two clocks differ: the difference is no latency.',
      resolve: (frame) => frame.value.receivedAt,
    }),
    matches: t.boolean({
      description:
        'False once when a value leaves the filter: the last word on it until it matches again. Take it off the screen. Always true in a query.',
      resolve: (frame) => frame.matches,
    }),
  }),
});

export const StateUpdateRef = builder.interfaceRef<StateShape>('StateUpdate').implement({
  description: 'The latest value of something. Replace what you hold under the same `id` with it.',
  interfaces: [DeliveredRef],
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description:
        'Grows with each change of this value; a lower one is older. Jumps are normal (filters, folding): it orders, it does not find loss. Starts anew when a snapshot says so.',
      resolve: (frame) => frame.sequence,
    }),
    snapshot: t.boolean({
      description:
        'True for the value as it stood when you subscribed, and whenever it does not follow from the one before (first value, resynchronised). Always true in a query.',
      resolve: (frame) => frame.snapshot,
    }),
    stale: t.boolean({
      description:
        'True once its source has gone quiet past its contract or lost its thread: the value may be old. Told by an update, and so is the recovery.',
      resolve: (frame) => frame.value.stale,
    }),
    conflated: t.int({
      description:
        'Updates that were folded into this one for this subscriber, because it read slowly or chose a slower rate. Always 0 in a query.',
      resolve: (frame) => frame.conflated,
    }),
  }),
});

export const StreamEventRef = builder.interfaceRef<EventShape>('StreamEvent').implement({
  description: 'Something that happened. Every one is delivered, in order; de-duplicate by `cursor`.',
  interfaces: [DeliveredRef],
  fields: (t) => ({
    id: t.field({
      type: 'ID',
      description: 'The id of what happened, or of the thing it happened to.',
      resolve: () => {
        throw new Error('every implementing type has its own id');
      },
    }),
    cursor: t.field({
      type: 'Cursor',
      description:
        'The position of this event. Subscribe `after` the newest you have, and nothing is lost or repeated.',
      resolve: (frame) => frame.cursor,
    }),
    replayed: t.boolean({
      description: 'True if it comes from history and not from now: show it, but ring no bell. Always true in a query.',
      resolve: (frame) => frame.replayed,
    }),
    gapBefore: t.field({
      type: FeedGapRef,
      nullable: true,
      description: 'Set on the first event after a hole in what the source told us; null when nothing is missing.',
      resolve: (frame) => frame.value.gapBefore ?? null,
    }),
  }),
});
