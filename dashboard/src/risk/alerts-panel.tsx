import { ago } from '../format/time.ts';
import { words } from '../format/words.ts';
import {
  AcknowledgeAlertDocument,
  type AlertSeverity,
  AlertsDocument,
  type AlertsSubscription,
} from '../generated/graphql.ts';
import { CommandButton } from '../parts/command-button.tsx';
import { RecentPanel } from '../parts/recent-panel.tsx';
import { useNow } from '../parts/use-now.ts';

type Alert = AlertsSubscription['alerts'];

const KEPT = 100;

const ALERTS = {
  document: AlertsDocument,
  variables: { last: KEPT },
  value: ({ alerts }: AlertsSubscription) => alerts,
};

export function AlertsPanel() {
  return (
    <RecentPanel title="Alerts" area="alerts" question={ALERTS} keep={KEPT} empty="No alerts. Nothing has gone wrong.">
      {(alerts) => <Feed alerts={alerts} />}
    </RecentPanel>
  );
}

const TONES: Readonly<Record<AlertSeverity, string>> = { CRITICAL: 'down', HIGH: 'down', MEDIUM: 'warn', LOW: '' };

function Feed({ alerts }: { readonly alerts: readonly Alert[] }) {
  const now = useNow();
  const loudest = alerts.find(({ replayed, state }) => !replayed && state === 'OPEN');
  return (
    <>
      <p role="status" className="hidden">
        {loudest && `${words(loudest.severity)} alert: ${loudest.title}`}
      </p>
      <ul className="feed">
        {alerts.map(({ id, state, severity, title, message, createdAt }) => (
          <li key={id} data-state={state}>
            <span className={`chip ${state === 'RESOLVED' ? '' : TONES[severity]}`}>{words(severity)}</span>
            <div className="feed-text">
              <p className="strong">{title}</p>
              <p className="muted">{message}</p>
            </div>
            <div className="feed-side">
              <span className="muted">{ago(createdAt, now)}</span>
              {state === 'OPEN' ? (
                <CommandButton mutation={AcknowledgeAlertDocument} variables={{ id }} of={title}>
                  Acknowledge
                </CommandButton>
              ) : (
                <span className="chip">{words(state)}</span>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
