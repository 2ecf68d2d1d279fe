import { randomBytes } from 'node:crypto';
import { getAddress, type Hex, isHex, verifyMessage } from 'viem';
import { parseSiweMessage, type SiweMessage } from 'viem/siwe';
import type { Clock } from '../../lib/clock.ts';
import { ApiError, badInput } from '../../lib/errors.ts';
import type { Address, Identity } from '../../model/identity.ts';
import type { Account, Accounts } from '../../store/accounts.ts';
import type { SignedToken, Tokens } from './tokens.ts';

/** Asks a chain whether a contract wallet takes a signature as its own (EIP-1271). */
export type ContractCheck = (address: Address, message: string, signature: Hex) => Promise<boolean>;

export interface SignInOptions {
  /** What a wallet may show as the site that asks: hosts, with their port. */
  readonly domains: readonly string[];
  readonly tokenLifeMs: number;
  /** By chain id: contract wallets sign in only on chains that are configured. */
  readonly chains: ReadonlyMap<number, ContractCheck>;
}

/** A nonce lives as long as somebody may take to look at what the wallet shows, milliseconds. */
const NONCE_LIFE_MS = 600_000;

/** EIP-4361 asks for at least 8 letters and digits; these are 128 bits. */
const NONCE_BYTES = 16;

/** Longest message taken, characters: one with every member and a long statement has some thousand. */
const MAX_MESSAGE_LENGTH = 4_000;

/** Longest signature taken, characters: those of contract wallets hold several. */
const MAX_SIGNATURE_LENGTH = 10_000;

/** A message that has all that EIP-4361 demands. */
type Complete = SiweMessage & { readonly address: Hex };

/** Sign-In with Ethereum (EIP-4361): a wallet proves its address and gets a short-lived token for it. */
export class SignIn {
  readonly #accounts: Accounts;
  readonly #tokens: Tokens;
  readonly #options: SignInOptions;
  readonly #clock: Clock;

  constructor(accounts: Accounts, tokens: Tokens, options: SignInOptions, clock: Clock) {
    this.#accounts = accounts;
    this.#tokens = tokens;
    this.#options = options;
    this.#clock = clock;
  }

  async nonce(): Promise<{ nonce: string; expiresAt: number; domain: string }> {
    const nonce = randomBytes(NONCE_BYTES).toString('hex');
    const expiresAt = this.#clock.now() + NONCE_LIFE_MS;
    await this.#accounts.addNonce(nonce, expiresAt);
    return { nonce, expiresAt, domain: this.#options.domains[0] ?? '' };
  }

  /**
   * @param signedIn who asks: the address is then linked to that user.
   * @throws ApiError `BAD_USER_INPUT` for a message that is not as it must be, `UNAUTHENTICATED` for a signature that is
   * not the address's own, or a nonce that is not good (any more), `CONFLICT` for an address of another user.
   */
  async signIn(
    text: string,
    signature: string,
    signedIn: Identity | null,
  ): Promise<SignedToken & { account: Account }> {
    const message = this.#read(text);
    if (!isHex(signature) || signature.length > MAX_SIGNATURE_LENGTH)
      throw badInput('input.signature', 'The signature is not hexadecimal.', '0x and hexadecimal digits');
    // The nonce goes first: a message that was tried once is not tried again.
    if (!(await this.#accounts.useNonce(message.nonce)))
      throw new ApiError(
        'UNAUTHENTICATED',
        'The nonce was used, has run out or was never given out: ask for a new one.',
      );
    if (!(await this.#signedBy(message, text, signature)))
      throw new ApiError('UNAUTHENTICATED', 'The signature is not of the address that the message names.');
    const linkTo = signedIn && signedIn.credential.kind !== 'demo' ? signedIn.userId : null;
    const account = await this.#accounts.signedIn(getAddress(message.address), linkTo);
    const permissions = linkTo === null ? (['read', 'write'] as const) : (signedIn?.permissions ?? []);
    return { ...(await this.#tokens.sign(account, permissions, this.#options.tokenLifeMs)), account };
  }

  #read(text: string): Complete {
    const path = 'input.message';
    if (text.length > MAX_MESSAGE_LENGTH)
      throw badInput(path, 'The message is too long.', `at most ${MAX_MESSAGE_LENGTH} characters`);
    const { address, domain, nonce, uri, version, chainId, expirationTime, notBefore, issuedAt, ...rest } =
      parseSiweMessage(text);
    if (!address || !domain || !nonce || !uri || !version || !chainId || !issuedAt)
      throw badInput(path, 'This is no message of Sign-In with Ethereum.', 'a whole message by EIP-4361');
    const { domains } = this.#options;
    if (!domains.includes(domain)) throw badInput(path, `The message is for ${domain}, not for this server.`, domains);
    if (version !== '1') throw badInput(path, 'The version of the message is not known.', '1');
    const now = this.#clock.now();
    if (expirationTime && expirationTime.getTime() <= now) throw badInput(path, 'The message has expired.');
    if (notBefore && notBefore.getTime() > now) throw badInput(path, 'The message is not good yet.');
    return { ...rest, address, domain, nonce, uri, version, chainId, issuedAt };
  }

  /** By the key of the address itself; else, where there is a chain to ask, by the contract at the address. */
  async #signedBy({ address, chainId }: Complete, message: string, signature: Hex): Promise<boolean> {
    // A signature of another length than a key's makes viem throw: it may be a contract's.
    const byKey = await verifyMessage({ address, message, signature }).catch(() => false);
    if (byKey) return true;
    const check = this.#options.chains.get(chainId);
    return check ? check(getAddress(address), message, signature) : false;
  }
}
