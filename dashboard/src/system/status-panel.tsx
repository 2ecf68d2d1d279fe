import { Latest } from '../data/latest.ts';
import { useOnly, useStream } from '../data/use-stream.ts';
import { count } from '../format/number.ts';
import { ago, lasting } from '../format/time.ts';
import { StatusDocument, type StatusSubscription } from '../generated/graphql.ts';
import { HealthChip } from '../parts/health-chip.tsx';
import { Panel } from '../parts/panel.tsx';
import { useNow } from '../parts/use-now.ts';

type Status = StatusSubscription['systemStatus'];

export const STATUS = {
  document: StatusDocument,
  variables: {},
  value: ({ systemStatus }: StatusSubscription) => systemStatus,
};

export function StatusPanel() {
  const latest = useStream(STATUS, () => new Latest<Status>());
  return (
    <Panel title="System" area="status" collection={latest} question={STATUS} empty="No part has reported yet.">
      <Parts latest={latest} />
    </Panel>
  );
}

function Parts({ latest }: { readonly latest: Latest<Status> }) {
  const status = useOnly(latest);
  const now = useNow();
  if (!status) return null;
  return (
    <>
      <p className="summary">
        <HealthChip status={status.status} />
        <span>{status.message}</span>
      </p>
      <table>
        <caption className="hidden">Parts of the system</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">State</th>
            <th scope="col" className="number">
              Last update
            </th>
            <th scope="col" className="number">
              Up for
            </th>
            <th scope="col" className="number">
              Errors
            </th>
            <th scope="col" className="number">
              Recoveries
            </th>
          </tr>
        </thead>
        <tbody>
          {status.components.map(({ name, status, message, lastUpdate, startedAt, errorCount, recoveries }) => (
            <tr key={name}>
              <th scope="row" className="strong">
                {name}
              </th>
              <td title={message || undefined}>
                <HealthChip status={status} />
              </td>
              <td className="number">{lastUpdate === null ? '—' : `${ago(lastUpdate, now)} ago`}</td>
              <td className="number">{lasting(now - Date.parse(startedAt))}</td>
              <td className="number">{count(errorCount)}</td>
              <td className="number">{count(recoveries)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
