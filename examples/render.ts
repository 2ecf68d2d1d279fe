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

/** Names of pools come from chains, where anybody may call a token anything. */
const escaped = (text: string) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

async function page(): Promise<string> {
  const { opportunities } = await tidewire.request<Page>(
    '{ opportunities(last: 20) { liveCursor edges { node { id version poolName profitUsd } } } }',
  );
  const rows = opportunities.edges.map(
    ({ node }) =>
      `<tr id="${escaped(node.id)}" data-version="${node.version}"><td>${escaped(node.poolName)} ${escaped(node.profitUsd)} USD</td></tr>`,
  );
  return `<!doctype html><title>Opportunities</title><table><tbody id="rows">${rows.join('')}</tbody></table>
<script type="module">${live(url.replace('ws', 'http'), opportunities.liveCursor)}</script>`;
}

createServer((_request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  page().then(
    (html) => response.end(html),
    (error) => response.writeHead(502).end(String(error)),
  );
}).listen(Number(process.env['PORT'] ?? 5001), '127.0.0.1', function (this: import('node:net').Server) {
  console.log(JSON.stringify(this.address()));
});
