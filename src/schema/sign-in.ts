import type { Identity } from '../model/identity.ts';
import { builder } from './builder.ts';
import type { Issued } from './context.ts';
import { ViewerRef } from './session.ts';

const NonceRef = builder
  .objectRef<{ readonly nonce: string; readonly expiresAt: number; readonly domain: string }>(
    'CreateSignInNoncePayload',
  )
  .implement({
    description: 'What a message of Sign-In with Ethereum (EIP-4361) for this server must hold.',
    fields: (t) => ({
      nonce: t.exposeString('nonce', { description: 'Its `nonce`: good for one sign-in.' }),
      domain: t.exposeString('domain', { description: 'Its `domain`: the host that the wallet shows.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When the nonce runs out.' }),
    }),
  });

builder.mutationField('createSignInNonce', (t) =>
  t.field({
    type: NonceRef,
    authScopes: { open: true },
    description: 'The first half of a sign-in with a wallet: ask for a nonce, have a message with it signed.',
    resolve: (_root, _args, { identities }) => identities.nonce(),
  }),
);

const SignInInput = builder.inputType('SignInWithEthereumInput', {
  description: 'A message by EIP-4361 and its signature.',
  fields: (t) => ({
    message: t.string({ required: true, description: 'The text that was signed, exactly.' }),
    signature: t.string({
      required: true,
      description:
        "Hexadecimal: of the address's own key, or, on a chain that is configured, of its contract (EIP-1271).",
    }),
  }),
});

const SignInPayload = builder
  .objectRef<Issued & { readonly identity: Identity }>('SignInWithEthereumPayload')
  .implement({
    description: 'A token for the address that was proven.',
    fields: (t) => ({
      token: t.exposeString('token', {
        description: 'Send it as `Authorization: Bearer`, or in `connection_init` as `token`.',
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends: sign in again before.' }),
      viewer: t.field({ type: ViewerRef, description: 'Who it is for.', resolve: ({ identity }) => identity }),
    }),
  });

builder.mutationField('signInWithEthereum', (t) =>
  t.field({
    type: SignInPayload,
    authScopes: { open: true },
    description:
      "Proves an address by a signed message, for a short-lived token. Sent by somebody who is signed in already, it links the address to that user; `CONFLICT` when it is another user's.",
    args: { input: t.arg({ type: SignInInput, required: true, description: 'The message and its signature.' }) },
    resolve: (_root, { input }, { identities, identity }) =>
      identities.signIn(input.message, input.signature, identity),
  }),
);
