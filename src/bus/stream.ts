import type { Address } from '../model/identity.ts';
import type { EventTopic, TopicRef } from './topics.ts';

/** What an owner's name may be: whatever else came here could be another key or channel of a store. */
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/**
 * What the stream of a topic is called: the topic's name, or `<topic>/<owner>`. The case of an address says nothing of
 * whose it is, so it is not in the name.
 * @throws RangeError where the topic is one stream an owner and none is named, or what is named is no address.
 */
export function streamName(topic: TopicRef): string {
  if (topic.owner !== undefined) return `${topic.name}/${canonical(topic.name, topic.owner)}`;
  if (topic.kind === 'event' && 'ownerOf' in topic && topic.ownerOf !== undefined)
    throw new RangeError(`topic ${topic.name} is one stream an owner: none is named`);
  return topic.name;
}

/** Whose stream an event goes to; null where the topic is one stream. @throws RangeError when it is no address. */
export function ownerIn<V>(topic: Pick<EventTopic<V>, 'name' | 'ownerOf'>, value: V): Address | null {
  return topic.ownerOf ? canonical(topic.name, topic.ownerOf(value)) : null;
}

function canonical(topic: string, owner: Address): Address {
  if (!ADDRESS.test(owner))
    throw new RangeError(`topic ${topic}: no owner's address: ${JSON.stringify(owner.slice(0, 100))}`);
  return owner.toLowerCase();
}
