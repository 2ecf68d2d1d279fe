import { useSyncExternalStore } from 'react';

export const VIEWS = ['markets', 'risk', 'arbitrage', 'automation', 'system'] as const;
export type View = (typeof VIEWS)[number];

/** What the page shows: it stands in its address, so that it can be kept, shared and gone back to. */
export interface Route {
  readonly view: View;
  /** The instrument that is looked at; null for the first there is. */
  readonly symbol: string | null;
}

export function hrefOf({ view, symbol }: Route): string {
  return symbol === null ? `#/${view}` : `#/${view}/${encodeURIComponent(symbol)}`;
}

function parse(hash: string): Route {
  const [, view = '', symbol = ''] = hash.split('/');
  return { view: VIEWS.find((name) => name === view) ?? 'markets', symbol: decodeURIComponent(symbol) || null };
}

let current = parse(location.hash);

function subscribe(listener: () => void): () => void {
  const changed = () => {
    current = parse(location.hash);
    listener();
  };
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, () => current);
}
