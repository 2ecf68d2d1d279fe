/** The token of whoever has signed in, for as long as this tab is open. */
const KEY = 'tidewire.token';

export interface SignedIn {
  readonly token: string;
  readonly address: string;
  readonly expiresAt: string;
}

export function signedIn(): SignedIn | null {
  const text = sessionStorage.getItem(KEY);
  if (text === null) return null;
  const kept = JSON.parse(text) as SignedIn;
  return Date.parse(kept.expiresAt) > Date.now() ? kept : null;
}

export function keepSignedIn(session: SignedIn | null): void {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.removeItem(KEY);
}
