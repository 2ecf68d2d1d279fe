import type { Latest } from '../data/latest.ts';
import { useOnly } from '../data/use-stream.ts';
import { clock, lasting } from '../format/time.ts';
import { words } from '../format/words.ts';
import { SessionDocument, type SessionSubscription } from '../generated/graphql.ts';
import { Fact } from '../parts/fact.tsx';
import { LatestPanel } from '../parts/latest-panel.tsx';
import { useNow } from '../parts/use-now.ts';

type Session = SessionSubscription['session'];

export const SESSION = {
  document: SessionDocument,
  variables: {},
  value: ({ session }: SessionSubscription) => session,
};

export function SessionPanel() {
  return (
    <LatestPanel title="Session" area="session" question={SESSION} empty="This connection has no session.">
      {(latest) => <Facts latest={latest} />}
    </LatestPanel>
  );
}

function Facts({ latest }: { readonly latest: Latest<Session> }) {
  const session = useOnly(latest);
  const now = useNow();
  const viewer = session?.viewer;
  return (
    <dl className="facts session">
      <Fact name="Who">{viewer ? (viewer.isDemo ? 'Demo owner' : viewer.userId) : 'Nobody: public data only'}</Fact>
      <Fact name="May">{viewer?.permissions.map(words).join(', ') || 'read what is public'}</Fact>
      <Fact name="Ends">
        {session?.expiresAt
          ? `${clock(session.expiresAt)} (in ${lasting(Date.parse(session.expiresAt) - now)})`
          : 'never'}
      </Fact>
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
