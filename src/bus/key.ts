/** Bytes of the longest key, so that whatever carries keys can bound what it reads. */
const KEY_BYTES = 200;

/**
 * The key of a value, checked against what every engine can carry.
 * @throws RangeError when it is empty, longer than 200 bytes, or holds a line feed: the topic's row is wrong.
 */
export function keyIn<V>(topic: { readonly name: string; readonly keyOf: (value: V) => string }, value: V): string {
  const key = topic.keyOf(value);
  // A character takes at most three bytes: only a long key has to be measured.
  const long = key.length * 3 > KEY_BYTES && Buffer.byteLength(key) > KEY_BYTES;
  if (key === '' || long || key.includes('\n'))
    throw new RangeError(
      `topic ${topic.name}: no key, or one that cannot travel: ${JSON.stringify(key.slice(0, 250))}`,
    );
  return key;
}
