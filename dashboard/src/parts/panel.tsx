import { type ReactNode, useEffect, useId, useState } from 'react';
import { type Asked, graphiqlLink } from '../data/graphiql-link.ts';
import type { Collection, StreamStatus } from '../data/stream.ts';
import { useIsEmpty, useLink, useStatus } from '../data/use-stream.ts';
import { QueryIcon } from './icons.tsx';

/** What a panel says of itself. */
export interface PanelWords {
  readonly title: string;
  /** Where it lies in the grid of its view. */
  readonly area: string;
  /** What to say where there is nothing, though everything has come. */
  readonly empty: string;
  readonly controls?: ReactNode;
}

interface Props extends PanelWords {
  readonly collection: Collection<never>;
  /** What the collection is filled by; the link of the panel opens it in GraphiQL. */
  readonly question: Asked;
  /** A body that is drawn to its size, and never scrolls. */
  readonly still?: boolean;
  readonly children: ReactNode;
}

/** One subscription on the screen: its heading, how it is, and its content or why there is none. */
export function Panel({ title, area, collection, question, empty, still, controls, children }: Props) {
  const heading = useId();
  const status = useStatus(collection);
  const isEmpty = useIsEmpty(collection);
  const href = graphiqlLink(question);
  return (
    <section className="panel" data-area={area} data-state={status.state} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        <Freshness status={status} />
        <span className="spread" />
        {controls}
        <a
          className="icon-button"
          href={href}
          target="_blank"
          rel="noreferrer"
          title="Open this subscription in GraphiQL"
        >
          <QueryIcon />
          <span className="hidden">Open the subscription of {title} in GraphiQL</span>
        </a>
      </header>
      <div className={still ? 'panel-body still' : 'panel-body'} tabIndex={still ? undefined : 0}>
        {isEmpty ? <Nothing status={status} empty={empty} /> : children}
      </div>
    </section>
  );
}

function Freshness({ status: { state } }: { readonly status: StreamStatus }) {
  const [tone, said] =
    state === 'resuming' ? ['warn', 'Reconnecting'] : state === 'failed' ? ['down', 'Stopped'] : ['', ''];
  return (
    <span role="status" className={said ? `chip ${tone}` : 'hidden'}>
      {said}
    </span>
  );
}

function Nothing({
  status: { state, error, retry },
  empty,
}: {
  readonly status: StreamStatus;
  readonly empty: string;
}) {
  if (state === 'failed') {
    return (
      <div className="message">
        <p className="down">{error}</p>
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      </div>
    );
  }
  if (state === 'private') return <p className="message">Sign in to see what is yours.</p>;
  return state === 'live' ? <p className="message">{empty}</p> : <Waiting />;
}

/** After so long, milliseconds, it is said that nothing came: until then the shape of what comes says enough. */
const LONG_MS = 5_000;

function Waiting() {
  const link = useLink();
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  if (link === 'lost') return <p className="message">Connecting… The server cannot be reached, retrying.</p>;
  if (isLong) return <p className="message">Connecting… Nothing has come yet, the server is asked again.</p>;
  return (
    <div className="skeleton" aria-hidden="true">
      {[1, 2, 3, 4, 5, 6].map((line) => (
        <span key={line} />
      ))}
    </div>
  );
}
