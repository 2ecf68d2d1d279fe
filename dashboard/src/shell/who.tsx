import { useState } from 'react';
import { Latest } from '../data/latest.ts';
import { keepSignedIn, type SignedIn } from '../data/session.ts';
import { useOnly, useStream, useStreams } from '../data/use-stream.ts';
import { short } from '../format/words.ts';
import { type SessionSubscription, SignOutDocument } from '../generated/graphql.ts';
import { begin } from '../parts/begin.ts';
import { SESSION } from '../system/session-panel.tsx';
import { injectedWallet, signIn } from './sign-in.ts';

interface Props {
  /** With the new identity, or none. */
  onChange(session: SignedIn | null): void;
}

/** Who looks at this page, and the way to be somebody else. */
export function Who({ onChange }: Props) {
  const { connection } = useStreams();
  const latest = useStream(SESSION, () => new Latest<SessionSubscription['session']>());
  const viewer = useOnly(latest)?.viewer;
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const change = (session: SignedIn | null) => {
    keepSignedIn(session);
    onChange(session);
  };
  const enter = async () => {
    const wallet = injectedWallet();
    if (!wallet)
      return setTrouble('No wallet was found in this browser. Install one, or look around as the demo owner.');
    setAsking(true);
    setTrouble(null);
    try {
      change(await signIn(connection.client, wallet));
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : 'The wallet refused.');
    } finally {
      setAsking(false);
    }
  };
  const leave = async () => {
    await connection.client.mutation(SignOutDocument, {}).toPromise();
    change(null);
  };

  const isOwn = viewer !== undefined && viewer !== null && !viewer.isDemo;
  return (
    <div className="who">
      <p role="alert" className="notice">
        {trouble}
      </p>
      {viewer && (
        <span className="chip accent" title={viewer.addresses.join(', ')}>
          {viewer.isDemo ? 'Demo owner' : short(viewer.addresses[0] ?? viewer.userId)}
        </span>
      )}
      <button type="button" className="button" disabled={asking} onClick={begin(isOwn ? leave : enter)}>
        {isOwn ? 'Sign out' : asking ? 'Waiting for the wallet…' : 'Sign in'}
      </button>
    </div>
  );
}
