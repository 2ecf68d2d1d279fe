import type { Ending } from './mailbox.ts';

/** What one subscription was allowed on, from before it was allowed until it has ended. */
export interface Right {
  /** It is what the subscription runs on from now on. @throws what {@link Rights.revoke} was given meanwhile. */
  holds(mailbox: Ending): void;
  /** It is needed no more. */
  giveBack(): void;
}

interface Taken<C> {
  readonly context: C;
  mailbox: Ending | null;
  /** Lost before there was anything to end. */
  lost: Error | null;
}

/** The subscriptions that run on somebody's rights, so that they end when the rights do. */
export class Rights<C> {
  readonly #taken = new Set<Taken<C>>();

  /** To be called before the right is looked at: one that is lost between the look and the beginning is lost too. */
  take(context: C): Right {
    const taken: Taken<C> = { context, mailbox: null, lost: null };
    this.#taken.add(taken);
    return {
      holds: (mailbox) => {
        taken.mailbox = mailbox;
        if (taken.lost) throw taken.lost;
      },
      giveBack: () => {
        this.#taken.delete(taken);
      },
    };
  }

  /** Ends every subscription whose context `lost` picks. @param error what its reader is told. */
  revoke(lost: (context: C) => boolean, error: Error): void {
    for (const taken of [...this.#taken]) {
      if (!lost(taken.context)) continue;
      taken.lost = error;
      taken.mailbox?.end(error);
    }
  }
}
