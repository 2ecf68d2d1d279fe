import { useRef } from 'react';

const KEY_BYTES = 16;

/** 32 hexadecimal digits; `crypto.randomUUID` is not there where a page came over plain HTTP from another machine. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(KEY_BYTES))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

/**
 * Names what is asked for, so that the same asked twice is done once. The name stays until there was an answer: who
 * presses again because none came means the same order. Something else asked for has a name of its own.
 */
export function useAttempt(): { nameOf(input: object): string; answered(): void } {
  const asked = useRef<{ readonly input: string; readonly name: string } | null>(null);
  return {
    nameOf: (input) => {
      const text = JSON.stringify(input);
      if (asked.current?.input !== text) asked.current = { input: text, name: randomKey() };
      return asked.current.name;
    },
    answered: () => {
      asked.current = null;
    },
  };
}
