import type { TypedDocumentNode } from '@urql/core';
import { type ReactNode, useState } from 'react';
import { useMutation } from 'urql';
import { troubleOf } from '../data/trouble.ts';
import { begin } from './begin.ts';

interface Props<Data, Variables extends object> {
  readonly mutation: TypedDocumentNode<Data, Variables>;
  readonly variables: Variables;
  /** What it is done to, for who hears the button alone. */
  readonly of: string;
  readonly children: ReactNode;
}

/** Asks for a change of what stands beside it. That it was done is shown by the subscription: an answer is only that it was heard. */
export function CommandButton<Data, Variables extends object>({
  mutation,
  variables,
  of,
  children,
}: Props<Data, Variables>) {
  const [{ fetching }, send] = useMutation(mutation);
  const [trouble, setTrouble] = useState<string | null>(null);
  const ask = async () => {
    const { error } = await send(variables);
    setTrouble(error ? troubleOf(error) : null);
  };
  return (
    <>
      <button type="button" className="button small" disabled={fetching} onClick={begin(ask)}>
        {children}
        <span className="hidden"> {of}</span>
      </button>
      {trouble && (
        <span role="alert" className="trouble down">
          {trouble}
        </span>
      )}
    </>
  );
}
