// Renders a query on the server, and goes live from its `liveCursor` in the browser without a hole:
//   node --conditions=tidewire-source examples/render.ts   and open http://127.0.0.1:5001
import { createServer } from 'node:http';
import { createTidewire } from 'tidewire-client';

const url = process.env['TIDEWIRE_URL'] ?? 'ws://127.0.0.1:4000/graphql';
const tidewire = createTidewire({ url });

interface Page {
  readonly opportunities: {
    readonly liveCursor: string;
    readonly edges: readonly {
      readonly node: {
        readonly id: string;
        readonly version: number;
        readonly poolName: string;
        readonly profitUsd: string;
      };
    }[];
  };
}

/** Runs in the browser: everything after the page that was rendered comes, what the page shows already may come once more. */
const live = (endpoint: string, after: string) => `
  const query = 'subscription ($after: Cursor) { opportunities(after: $after) { id version poolName profitUsd } }';
  const variables = JSON.stringify({ after: ${JSON.stringify(after)} });
  const source = new EventSource(${JSON.stringify(endpoint)} + '?' + new URLSearchParams({ query, variables }));
  source.addEventListener('next', ({ data }) => {
    const { id, version, poolName, profitUsd } = JSON.parse(data).data.opportunities;
    const row = document.getElementById(id) ?? document.querySelector('#rows').insertRow(0);
    if (Number(row.dataset.version ?? 0) >= version) return;
    Object.assign(row, { id, textContent: poolName + ' ' + profitUsd + ' USD' });
    row.dataset.version = version;
  });`;

createServer(async (_request, response) => {
  const { opportunities } = await tidewire.request<Page>(
    '{ opportunities(last: 20) { liveCursor edges { node { id version poolName profitUsd } } } }',
  );
  const rows = opportunities.edges.map(
    ({ node }) =>
      `<tr id="${node.id}" data-version="${node.version}"><td>${node.poolName} ${node.profitUsd} USD</td></tr>`,
  );
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(`<!doctype html><title>Opportunities</title><table><tbody id="rows">${rows.join('')}</tbody></table>
<script type="module">${live(url.replace('ws', 'http'), opportunities.liveCursor)}</script>`);
}).listen(Number(process.env['PORT'] ?? 5001), '127.0.0.1', function (this: import('node:net').Server) {
  console.log(JSON.stringify(this.address()));
});
