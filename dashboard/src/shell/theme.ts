import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const KEY = 'tidewire.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function chosen(): Theme | null {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : null;
}

/** The system's, unless another was chosen here. */
function theme(): Theme {
  return chosen() ?? (dark.matches ? 'dark' : 'light');
}

function apply(): void {
  const choice = chosen();
  if (choice) document.documentElement.dataset['theme'] = choice;
  else delete document.documentElement.dataset['theme'];
  for (const listener of listeners) listener();
}

export function chooseTheme(choice: Theme): void {
  localStorage.setItem(KEY, choice);
  apply();
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, theme);
}

dark.addEventListener('change', apply);
apply();
