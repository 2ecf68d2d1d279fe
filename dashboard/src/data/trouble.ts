import type { CombinedError } from '@urql/core';

/** Why something was refused, in the server's words; or that it is not known whether it was heard. */
export function troubleOf({ graphQLErrors: [refusal] }: CombinedError): string {
  if (!refusal) return 'Nobody answered: try again.';
  const { allowed } = refusal.extensions as { readonly allowed?: string | readonly string[] };
  // Of several that are allowed the message names the nearest itself.
  return typeof allowed === 'string' ? `${refusal.message} Allowed: ${allowed}.` : refusal.message;
}
