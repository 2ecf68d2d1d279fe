/** What an EventSource makes of a stream: its events, each with the id that holds when it fires, and the last id. */
export function eventsOf(text: string) {
  let lastEventId = '';
  const events: { event: string; id: string; data: string }[] = [];
  for (const block of text.split('\n\n').slice(0, -1)) {
    let [event, data]: [string, string | null] = ['message', null];
    for (const line of block.split('\n')) {
      const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (name === 'event') event = value;
      else if (name === 'data') data = value;
      else if (name === 'id') lastEventId = value;
    }
    if (data !== null) events.push({ event, id: lastEventId, data });
  }
  return { events, lastEventId };
}

/** The trades among them, each with the id of its event. */
export const tradesOf = (text: string) =>
  eventsOf(text).events.flatMap(({ event, id, data }) =>
    event === 'next'
      ? [{ id, ...(JSON.parse(data).data.trades as { tradeId: string; cursor: string; replayed: boolean }) }]
      : [],
  );
