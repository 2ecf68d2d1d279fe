import { crc32 } from 'node:zlib';
import { streamName } from './stream.ts';
import type { TopicRef } from './topics.ts';

/**
 * The names of a topic in Redis. The braces make them one slot of a Redis Cluster: a script may then touch them all. Where
 * a topic is one stream an owner, `<topic>/<owner>` stands for the topic in all of them but the channel.
 *
 * | key | holds |
 * |---|---|
 * | `<prefix>:{<topic>}:life` | hash: `epoch`; `version`, counting writes; `run`, the server run that wrote last; of an event topic `head` and what it keeps, `keepMs` and `keepEvents`; of a state topic `s:<key>`, the sequence of each key |
 * | `<prefix>:{<topic>}:latest` | state: hash of key to record |
 * | `<prefix>:{<topic>}:stream` | event: stream, entry `<sequence>-0` of key, id, time of publish and payload |
 * | `<prefix>:{<topic>}:ids` | event: hash of the id of each entry to its sequence |
 * | `<prefix>:{<topic>}:from:<producer>` | the last batch of a producer with its answer, for an hour |
 * | `<prefix>:{<topic>}:fences` | hash of each lease to the newest token that was shown; of owners' streams the topic's own, on a Cluster each one's |
 * | `<prefix>:{<topic>}:live:<database>` | channel |
 * | `<prefix>:{<topic>}:live:<database>:<n>` | channel of owners whose hash is n: each message begins with its owner |
 */
export interface TopicKeys {
  readonly life: string;
  readonly latest: string;
  readonly stream: string;
  readonly ids: string;
  /** To which the name of a producer is added. */
  readonly from: string;
  readonly fences: string;
  readonly channel: string;
  /** What a message on the channel begins with, before the record: empty where the channel is one stream's. */
  readonly address: string;
}

/**
 * Channels that the streams of an owner topic share: a subscription an owner would be a command and a table entry in Redis
 * for each; one for all would send everybody's events to every process.
 */
const OWNER_CHANNELS = 64;

/** What names depend on beside the topic. */
export interface KeySpace {
  readonly prefix: string;
  /** Number of the Redis database: keys are apart in each, channels are not. */
  readonly database: number;
  /** Whether a script may touch one slot only. */
  readonly slotted: boolean;
}

export function topicKeys({ prefix, database, slotted }: KeySpace, topic: TopicRef): TopicKeys {
  const stream = streamName(topic);
  const base = `${prefix}:{${stream}}`;
  const channel = `${prefix}:{${topic.name}}:live:${database}`;
  return {
    life: `${base}:life`,
    latest: `${base}:latest`,
    stream: `${base}:stream`,
    ids: `${base}:ids`,
    from: `${base}:from:`,
    fences: `${slotted ? base : `${prefix}:{${topic.name}}`}:fences`,
    channel: topic.owner === undefined ? channel : `${channel}:${crc32(stream) % OWNER_CHANNELS}`,
    address: topic.owner === undefined ? '' : addressOf(stream),
  };
}

/** The first line of a message on a channel that several streams share. */
function addressOf(stream: string): string {
  return `${stream}\n`;
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
