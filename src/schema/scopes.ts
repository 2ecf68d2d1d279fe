import { ApiError } from '../lib/errors.ts';
import type { Permission } from '../model/identity.ts';
import type { Context } from './context.ts';

/** Who may use a field, as its `authScopes` declares: every field of a root type names exactly one. */
export interface Scopes {
  /** Everybody, whatever the operator asks for: what is needed to become somebody. */
  open: boolean;
  /** Everybody; where the operator asks for it, everybody who has said who they are. */
  public: boolean;
  /** As public: everybody is given what is public, and with it whoever has said who they are what is theirs. */
  mixed: boolean;
  /** Who has said who they are, of what is theirs. */
  owner: boolean;
  /** Who may see and manage everybody's. */
  operator: boolean;
}

export type Scope = keyof Scopes;

/** Which scopes a context has. */
export function scopesOf(context: Context): Scopes {
  const { identity, identityRequired } = context;
  return {
    open: true,
    public: identity !== null || !identityRequired,
    mixed: identity !== null || !identityRequired,
    owner: may(context, 'read'),
    operator: may(context, 'operator'),
  };
}

/** Whether a caller has a permission. An operator has every one. */
export function may({ identity }: Context, permission: Permission): boolean {
  const { permissions = [] } = identity ?? {};
  return permissions.includes(permission) || permissions.includes('operator');
}

/** Whose eyes a context sees with, as text: equal texts, equal answers. Empty for nobody's. */
export function scopeOf({ identity }: Context): string {
  if (!identity) return '';
  const { userId, addresses, permissions } = identity;
  return JSON.stringify([userId, addresses.map((address) => address.toLowerCase()).sort(), [...permissions].sort()]);
}

/** What a caller is told who may not. */
export function refusal({ identity }: Context): ApiError {
  return identity
    ? new ApiError('FORBIDDEN', 'Your credential does not permit this.')
    : new ApiError('UNAUTHENTICATED', 'Say who you are: this needs a token or an API key.');
}
