import type { Refusal } from './received.ts';

/** What is refused for who sends it, whatever is asked: by the code. */
export async function refusedRequests(url: string): Promise<Readonly<Record<string, Refusal>>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer not-a-token' },
    body: JSON.stringify({ query: '{ serverTime }' }),
  });
  const { errors } = (await response.json()) as { readonly errors: readonly [Refusal['error']] };
  const request = 'Any request with a credential that is none: `Authorization: Bearer not-a-token`.';
  return { UNAUTHENTICATED: { request, error: errors[0] } };
}
