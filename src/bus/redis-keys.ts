/**
 * The names of a topic in Redis. The braces make them one slot of a Redis Cluster: a script may then touch them all.
 *
 * | key | holds |
 * |---|---|
 * | `<prefix>:{<topic>}:life` | hash: `epoch`; `version`, counting writes; `run`, the server run that wrote last; of an event topic `head` and what it keeps, `keepMs` and `keepEvents`; of a state topic `s:<key>`, the sequence of each key |
 * | `<prefix>:{<topic>}:latest` | state: hash of key to record |
 * | `<prefix>:{<topic>}:stream` | event: stream, entry `<sequence>-0` of key, id, time of publish and payload |
 * | `<prefix>:{<topic>}:ids` | event: hash of the id of each entry to its sequence |
 * | `<prefix>:{<topic>}:from:<producer>` | the last batch of a producer with its answer, for an hour |
 */
export interface TopicKeys {
  readonly life: string;
  readonly latest: string;
  readonly stream: string;
  readonly ids: string;
  readonly producer: string;
  readonly channel: string;
}

/** @param database number of the Redis database: keys are apart in each, channels are not. */
export function topicKeys(prefix: string, database: number, topic: string, producer: string): TopicKeys {
  const base = `${prefix}:{${topic}}`;
  return {
    life: `${base}:life`,
    latest: `${base}:latest`,
    stream: `${base}:stream`,
    ids: `${base}:ids`,
    producer: `${base}:from:${producer}`,
    channel: `${base}:live:${database}`,
  };
}

const SEQUENCE = 's:';

/** The field of a topic's life that counts the values of a key. */
export function sequenceField(key: string): string {
  return SEQUENCE + key;
}

/** The key that such a field counts; null for the other fields of a life. */
export function keyOfField(field: string): string | null {
  return field.startsWith(SEQUENCE) ? field.slice(SEQUENCE.length) : null;
}
