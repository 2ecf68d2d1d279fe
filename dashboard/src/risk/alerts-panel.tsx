import { useState } from 'react';
import { useMutation } from 'urql';
import { Recent } from '../data/recent.ts';
import { useEvents, useStream } from '../data/use-stream.ts';
import { ago } from '../format/time.ts';
import { words } from '../format/words.ts';
import {
  AcknowledgeAlertDocument,
  type AlertSeverity,
  AlertsDocument,
  type AlertsSubscription,
} from '../generated/graphql.ts';
import { begin } from '../parts/begin.ts';
import { Panel } from '../parts/panel.tsx';
import { useNow } from '../parts/use-now.ts';

type Alert = AlertsSubscription['alerts'];

const KEPT = 100;

const ALERTS = {
  document: AlertsDocument,
  variables: { last: KEPT },
  value: ({ alerts }: AlertsSubscription) => alerts,
};

export function AlertsPanel() {
  const recent = useStream(ALERTS, () => new Recent<Alert>(KEPT));
  return (
    <Panel
      title="Alerts"
      area="alerts"
      collection={recent}
      question={ALERTS}
      empty="No alerts. Nothing has gone wrong."
    >
      <Feed recent={recent} />
    </Panel>
  );
}

const TONES: Readonly<Record<AlertSeverity, string>> = { CRITICAL: 'down', HIGH: 'down', MEDIUM: 'warn', LOW: '' };

function Feed({ recent }: { readonly recent: Recent<Alert> }) {
  const alerts = useEvents(recent);
  const now = useNow();
  const [loudest] = alerts.filter(({ replayed, state }) => !replayed && state === 'OPEN');
  return (
    <>
      <p role="status" className="hidden">
        {loudest && `${words(loudest.severity)} alert: ${loudest.title}`}
      </p>
      <ul className="feed">
        {alerts.map((alert) => (
          <li key={alert.id} data-state={alert.state}>
            <span className={`chip ${alert.state === 'RESOLVED' ? '' : TONES[alert.severity]}`}>
              {words(alert.severity)}
            </span>
            <div className="feed-text">
              <p className="strong">{alert.title}</p>
              <p className="muted">{alert.message}</p>
            </div>
            <div className="feed-side">
              <span className="muted">{ago(alert.createdAt, now)}</span>
              <Acknowledge alert={alert} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What was asked for is shown when the alert itself says so: the answer to a mutation is only that it was heard. */
function Acknowledge({ alert: { id, state, title } }: { readonly alert: Alert }) {
  const [{ fetching }, acknowledge] = useMutation(AcknowledgeAlertDocument);
  const [trouble, setTrouble] = useState<string | null>(null);
  if (state !== 'OPEN') return <span className="chip">{words(state)}</span>;
  const ask = async () => {
    const { error } = await acknowledge({ id });
    setTrouble(error ? (error.graphQLErrors[0]?.message ?? 'Not heard: try again.') : null);
  };
  return (
    <>
      <button type="button" className="button small" disabled={fetching} onClick={begin(ask)}>
        Acknowledge
        <span className="hidden"> {title}</span>
      </button>
      {trouble && (
        <span role="alert" className="down">
          {trouble}
        </span>
      )}
    </>
  );
}
