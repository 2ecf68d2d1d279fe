import type { Client } from '@urql/core';
import type { SignedIn } from '../data/session.ts';
import { CreateSignInNonceDocument, SignInDocument } from '../generated/graphql.ts';

/** A wallet that stands in the page (EIP-1193). */
export interface Wallet {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
}

export function injectedWallet(): Wallet | null {
  return (window as { readonly ethereum?: Wallet }).ethereum ?? null;
}

/**
 * Sign-In with Ethereum: the server's nonce, a message that the wallet shows and signs, a token for it.
 * @throws Error with what to tell the person
 */
export async function signIn(client: Client, wallet: Wallet): Promise<SignedIn> {
  const [account] = (await wallet.request({ method: 'eth_requestAccounts' })) as readonly string[];
  if (account === undefined) throw new Error('The wallet named no account.');
  const chainId = Number(await wallet.request({ method: 'eth_chainId' }));
  const { nonce, domain } = (await ask(client, CreateSignInNonceDocument, {})).createSignInNonce;
  const message = messageOf({ domain, address: account, uri: location.origin, chainId, nonce, issuedAt: new Date() });
  const signature = (await wallet.request({ method: 'personal_sign', params: [hexOf(message), account] })) as string;
  const { token, expiresAt, viewer } = (await ask(client, SignInDocument, { message, signature })).signInWithEthereum;
  return { token, expiresAt, address: viewer.addresses[0] ?? account };
}

async function ask<Data, Variables extends object>(
  client: Client,
  document: Parameters<typeof client.mutation<Data, Variables>>[0],
  variables: Variables,
): Promise<Data> {
  const { data, error } = await client.mutation(document, variables).toPromise();
  if (data) return data;
  throw new Error(error?.graphQLErrors[0]?.message ?? 'The server could not be asked.');
}

interface Said {
  readonly domain: string;
  readonly address: string;
  readonly uri: string;
  readonly chainId: number;
  readonly nonce: string;
  readonly issuedAt: Date;
}

/** The words of EIP-4361, line by line: the server reads them back and believes no others. */
function messageOf({ domain, address, uri, chainId, nonce, issuedAt }: Said): string {
  return [
    `${domain} wants you to sign in with your Ethereum account:`,
    address,
    '',
    'Sign in to Tidewire. This costs nothing and moves nothing.',
    '',
    `URI: ${uri}`,
    'Version: 1',
    `Chain ID: ${chainId}`,
    `Nonce: ${nonce}`,
    `Issued At: ${issuedAt.toISOString()}`,
  ].join('\n');
}

/** Wallets take the text to sign as bytes in hexadecimal. */
function hexOf(text: string): string {
  return `0x${[...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
