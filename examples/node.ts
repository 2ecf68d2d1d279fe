// The best bid and ask of a symbol, each time that they change:
//   node --conditions=tidewire-source examples/node.ts BTCUSDT
import { createTidewire, followBook } from 'tidewire-client';

const [symbol = 'BTCUSDT'] = process.argv.slice(2);
const tidewire = createTidewire({ url: process.env['TIDEWIRE_URL'] ?? 'ws://127.0.0.1:4000/graphql' });
const followed = followBook(tidewire, symbol, { error: ({ message }) => console.error(message) });
let shown = '';

followed.view.subscribe(({ book, stale }) => {
  const [bid, ask] = [book.bids[0], book.asks[0]];
  const line = `${symbol} ${bid?.price ?? '-'} x ${bid?.size ?? '-'} | ${ask?.price ?? '-'} x ${ask?.size ?? '-'}`;
  if (line !== shown) console.log(stale ? `${line} (stale)` : line);
  shown = line;
});
