import { Latest } from '../data/latest.ts';
import { useOnly, useStream } from '../data/use-stream.ts';
import { clock, lasting } from '../format/time.ts';
import { words } from '../format/words.ts';
import { SessionDocument, type SessionSubscription } from '../generated/graphql.ts';
import { Panel } from '../parts/panel.tsx';
import { useNow } from '../parts/use-now.ts';

type Session = SessionSubscription['session'];

export const SESSION = {
  document: SessionDocument,
  variables: {},
  value: ({ session }: SessionSubscription) => session,
};

export function SessionPanel() {
  const latest = useStream(SESSION, () => new Latest<Session>());
  return (
    <Panel
      title="Session"
      area="session"
      collection={latest}
      question={SESSION}
      empty="This connection has no session."
    >
      <Facts latest={latest} />
    </Panel>
  );
}

function Facts({ latest }: { readonly latest: Latest<Session> }) {
  const session = useOnly(latest);
  const now = useNow();
  const viewer = session?.viewer;
  return (
    <dl className="facts session">
      <div>
        <dt>Who</dt>
        <dd>{viewer ? (viewer.isDemo ? 'Demo owner' : viewer.userId) : 'Nobody: public data only'}</dd>
      </div>
      <div>
        <dt>May</dt>
        <dd>{viewer?.permissions.map(words).join(', ') || 'read what is public'}</dd>
      </div>
      <div>
        <dt>Ends</dt>
        <dd>
          {session?.expiresAt
            ? `${clock(session.expiresAt)} (in ${lasting(Date.parse(session.expiresAt) - now)})`
            : 'never'}
        </dd>
      </div>
      <div className="addresses">
        <dt>Addresses</dt>
        {viewer?.addresses.map((address) => (
          <dd key={address} className="code">
            {address}
          </dd>
        )) ?? <dd>—</dd>}
      </div>
    </dl>
  );
}
