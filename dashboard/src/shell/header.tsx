import { Latest } from '../data/latest.ts';
import type { SignedIn } from '../data/session.ts';
import { useLink, useOnly, useStream } from '../data/use-stream.ts';
import { words } from '../format/words.ts';
import type { StatusSubscription } from '../generated/graphql.ts';
import iconUrl from '../icon.svg';
import { MoonIcon, SunIcon } from '../parts/icons.tsx';
import { STATUS } from '../system/status-panel.tsx';
import { chooseTheme, useTheme } from './theme.ts';
import { Who } from './who.tsx';

export function Header({ onSession }: { onSession(session: SignedIn | null): void }) {
  const now = useTheme();
  const other = now === 'dark' ? 'light' : 'dark';
  return (
    <header className="top">
      <span className="brand">
        <img src={iconUrl} alt="" width="24" height="24" />
        <span>Tidewire</span>
      </span>
      <Health />
      <span className="spread" />
      <a className="wide-only" href="/graphql" target="_blank" rel="noreferrer">
        API
      </a>
      <button type="button" className="icon-button" onClick={() => chooseTheme(other)} title={`Use the ${other} theme`}>
        {other === 'light' ? <SunIcon /> : <MoonIcon />}
        <span className="hidden">Use the {other} theme</span>
      </button>
      <Who onChange={onSession} />
    </header>
  );
}

const TONES = { HEALTHY: 'up', DEGRADED: 'warn', DOWN: 'down' } as const;

/** The connection first: where it is lost, nothing that was said before it was is worth much. */
function Health() {
  const state = useLink();
  const status = useOnly(useStream(STATUS, () => new Latest<StatusSubscription['systemStatus']>()));
  const [tone, said] =
    state === 'lost'
      ? ['down', 'Connection lost, trying again']
      : state === 'connecting' || !status
        ? ['', 'Connecting']
        : [TONES[status.status], status.status === 'HEALTHY' ? 'Live' : words(status.status)];
  return (
    <span role="status" className={`chip ${tone}`} title={status?.message}>
      <span className="dot" />
      {said}
    </span>
  );
}
