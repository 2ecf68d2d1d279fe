/** What was retracted is remembered until so many others were: far more than one reorganisation takes back. */
const MOST_REMEMBERED = 10_000;

/** Sets an entry, and drops the oldest ones beyond {@link MOST_REMEMBERED}. */
export function remember<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= MOST_REMEMBERED) return;
    map.delete(oldest);
  }
}
