import type { EventTopic } from './topics.ts';

/** How long a stream keeps its events: whichever bites first. */
export interface Retention {
  /** Milliseconds. */
  readonly ms: number;
  readonly events: number;
}

/** Ten minutes: longer than a phone's tunnel or a page's reload, short enough for a firehose to be kept in memory. */
const RETENTION_MS = 600_000;

/** What the operator set. */
export interface RetentionSettings {
  /** Left out, {@link RETENTION_MS}. */
  readonly retentionMs?: number;
  /** Above a topic's own {@link EventTopic.retentionEvents} it has no effect; left out, the topic's own is used. */
  readonly retentionEvents?: number;
}

export function retentionOf(topic: Pick<EventTopic<never>, 'retentionEvents'>, settings: RetentionSettings): Retention {
  return {
    ms: settings.retentionMs ?? RETENTION_MS,
    events: Math.min(topic.retentionEvents, settings.retentionEvents ?? topic.retentionEvents),
  };
}
