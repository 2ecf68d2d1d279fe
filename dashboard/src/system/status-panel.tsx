import type { Latest } from '../data/latest.ts';
import { useOnly } from '../data/use-stream.ts';
import { count } from '../format/number.ts';
import { ago, lasting } from '../format/time.ts';
import { StatusDocument, type StatusSubscription } from '../generated/graphql.ts';
import { HealthChip } from '../parts/health-chip.tsx';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { number, Table, text } from '../parts/table.tsx';
import { useNow } from '../parts/use-now.ts';

type Status = StatusSubscription['systemStatus'];

export const STATUS = {
  document: StatusDocument,
  variables: {},
  value: ({ systemStatus }: StatusSubscription) => systemStatus,
};

const COLUMNS = [
  text('Part'),
  text('State'),
  number('Last update'),
  number('Up for'),
  number('Errors'),
  number('Recoveries', 'optional'),
];

export function StatusPanel() {
  return (
    <LatestPanel title="System" area="status" question={STATUS} empty="No part has reported yet.">
      {(latest) => <Parts latest={latest} />}
    </LatestPanel>
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
      <Table caption="Parts of the system" columns={COLUMNS}>
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
              <td className="number optional">{count(recoveries)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}
