import { Latest } from '../data/latest.ts';
import { useOnly, useStream } from '../data/use-stream.ts';
import { bytes, count } from '../format/number.ts';
import { DeliveryDocument, type DeliverySubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';

type Delivery = DeliverySubscription['deliveryStats'];

const DELIVERY = {
  document: DeliveryDocument,
  variables: {},
  value: ({ deliveryStats }: DeliverySubscription) => deliveryStats,
};

/** How delivery goes over the connection of this very page. */
export function DeliveryPanel() {
  const latest = useStream(DELIVERY, () => new Latest<Delivery>());
  return (
    <Panel
      title="Your connection"
      area="delivery"
      collection={latest}
      question={DELIVERY}
      empty="Nothing was delivered yet."
    >
      <Subscriptions latest={latest} />
    </Panel>
  );
}

function Subscriptions({ latest }: { readonly latest: Latest<Delivery> }) {
  const stats = useOnly(latest);
  if (!stats) return null;
  return (
    <>
      <p className="summary muted">
        {count(stats.subscriptions.length)} subscriptions on one WebSocket, {bytes(stats.queuedBytes)} waiting
      </p>
      <table>
        <caption className="hidden">Subscriptions of this page</caption>
        <thead>
          <tr>
            <th scope="col">Subscription</th>
            <th scope="col" className="number">
              Delivered
            </th>
            <th scope="col" className="number">
              Folded
            </th>
            <th scope="col" className="number">
              Waiting
            </th>
            <th scope="col" className="number">
              Lag p50
            </th>
            <th scope="col" className="number">
              Lag p99
            </th>
          </tr>
        </thead>
        <tbody>
          {stats.subscriptions.map(({ operationId, field, delivered, conflated, queuedBytes, lagMs }) => (
            <tr key={operationId}>
              <th scope="row" className="strong">
                {field}
              </th>
              <td className="number">{count(delivered)}</td>
              <td className="number">{count(conflated)}</td>
              <td className="number">{bytes(queuedBytes)}</td>
              <td className="number">{milliseconds(lagMs?.p50)}</td>
              <td className="number">{milliseconds(lagMs?.p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '—' : `${value < 10 ? value.toFixed(1) : count(value)} ms`;
}
