import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Tidewire } from './client.ts';
import { type BookView, followBook } from './follow-book.ts';
import type { Observable } from './observable.ts';
import type { Status } from './subscription.ts';

/** The value of an observable, and again at each change. */
export function useObservable<T>(observable: Observable<T>): T {
  const subscribe = useCallback((changed: () => void) => observable.subscribe(changed), [observable]);
  const read = () => observable.value;
  return useSyncExternalStore(subscribe, read, read);
}

/** How all subscriptions of a client stand, for one light in a corner. */
export function useTidewireStatus(tidewire: Tidewire): Status {
  return useObservable(tidewire.status);
}

/** The book of a symbol, kept from its changes and proved; null before there is one. */
export function useOrderBook(
  tidewire: Tidewire,
  symbol: string,
  source?: string,
): { readonly view: BookView | null; readonly status: Status; readonly repairs: number } {
  const [view, setView] = useState<BookView | null>(null);
  const [status, setStatus] = useState<Status>('connecting');
  const [repairs, setRepairs] = useState(0);
  useEffect(() => {
    const followed = followBook(tidewire, symbol, source === undefined ? {} : { source });
    const leave = [
      followed.view.subscribe((newest) => {
        setView(newest);
        setRepairs(followed.repairs);
      }),
      followed.status.subscribe(setStatus),
    ];
    return () => {
      for (const each of leave) each();
      followed.unsubscribe();
      setView(null);
      setStatus('connecting');
    };
  }, [tidewire, symbol, source]);
  return useMemo(() => ({ view, status, repairs }), [view, status, repairs]);
}
